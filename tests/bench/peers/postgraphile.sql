-- PostGraphile's aggregates are a plugin that is not released for version 5: it is given the GROUP BY
-- itself, as a function that its graph calls.
CREATE SCHEMA bench;
CREATE FUNCTION bench.stage_figures(of_group text DEFAULT NULL)
RETURNS TABLE (stage text, count bigint, amount bigint)
LANGUAGE sql STABLE AS $$
  SELECT t.stage, count(*), sum(t.amount_fen)::bigint
  FROM public.project t
  WHERE of_group IS NULL
    OR t.group_id = (SELECT g.id FROM public.industry_group g WHERE g.slug = of_group)
  GROUP BY t.stage
$$;
