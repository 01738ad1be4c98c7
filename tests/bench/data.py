"""A large city in seconds: the rows that every server reads, the same on every run.

Volume goes before truth in one place: whatever its stage, a project that was judged has five
milestones (a stage is reached once, so no sixth) and ten entries. The newest 600 are a desk as it
is: every third waits for judgement, some wait for completion, and have neither. No group's office
is asked for its opinion on any, as on none from before that was the rule. Amounts in fen.
"""

import asyncio
import time

import asyncpg

BEGAN, ENDED = "2024-01-02 09:00+08", "2026-11-20 17:00+08"
FILLED = ("organization", "person", "appointment", "company", "project", "milestone", "entry")

# A number from 0 to n - 1 that depends on the row and on what is drawn for it, and nothing else.
DRAW = """
CREATE FUNCTION pg_temp.draw(row_no bigint, what int, n int) RETURNS int
LANGUAGE sql IMMUTABLE AS
'SELECT (hashint8extended(row_no, what) & 2147483647)::int % n'
"""

ORGANIZATIONS = """
INSERT INTO organization
  (slug, name, short_name, kind, contact_name, contact_phone, position)
SELECT 'branch-' || i, '驻' || city || '投资促进分局', city || '分局', 'BRANCH', '值班室',
  '028-2600-' || lpad(i::text, 4, '0'), 100 + i
FROM unnest(ARRAY['北京', '上海', '广州', '深圳', '杭州', '苏州', '宁波', '厦门', '东莞', '佛山', '重庆',
  '武汉', '西安', '长沙', '青岛', '合肥']) WITH ORDINALITY AS branch(city, i)
"""

PEOPLE = """
INSERT INTO person (username, name, phone, password_hash, password_set_at, active, failures,
  preferences)
SELECT 'person-' || o.id, '办事员' || o.id, '', '!', now(), true, 0, '{}'
FROM organization o
"""

APPOINTMENTS = """
INSERT INTO appointment (person_id, organization_id, post, title, main, starts_on, document_no,
  recorded_at, end_document_no)
SELECT w.id, o.id, o.kind, '', true, '2024-01-01', '', now(), ''
FROM organization o JOIN person w ON w.username = 'person-' || o.id
"""

COMPANIES = """
INSERT INTO company (id, uscc, no_code_reason, name, normal_name, search, region, created_at,
  revision)
SELECT i, '91510100MA' || lpad(i::text, 8, '0'), '', name, name, name, region, $2, 1
FROM (
  SELECT i, region, right(region, 2) || (ARRAY['恒泰', '华兴', '瑞丰', '中科', '天成', '博远', '联创',
    '金源'])[1 + pg_temp.draw(i, 2, 8)] || i || (ARRAY['口腔科技', '装备制造', '食品', '新材料', '医药',
    '文化旅游', '农业', '建设'])[1 + pg_temp.draw(i, 3, 8)] || '有限公司' AS name
  FROM (
    SELECT i, (ARRAY['四川成都', '四川绵阳', '重庆', '广东深圳', '浙江杭州', '江苏苏州', '上海', '北京'])
      [1 + pg_temp.draw(i, 1, 8)] AS region
    FROM generate_series(1, $1::bigint) i) where_from) named
"""

PROJECTS = """
INSERT INTO project (id, no, name, normal_name, search, summary, investor_id, amount_fen,
  amount_estimated, currency, foreign_cents, rate_on, fixed_assets_fen, industry_code, group_id,
  jointly_judged, capital_origin, land_mu, contact_name, contact_phone, source, needs, stage, stage_at,
  reported_by_id, reporter_id, reported_at, judge_by, judged_at, first_contact_place_id,
  landing_place_id, owner_name, signed_on, signed_fen, paid_in_fen, tax_fen, revision, updated_at,
  personal_salt)
SELECT i, 'B' || lpad(i::text, 7, '0'), name, name, name,
  '投资建设' || name || '，建成后年产值约' || (amount / 5000000000) || '亿元，带动就业' || (50 + i % 400) || '人。',
  1 + pg_temp.draw(i, 11, $2), amount, i % 5 = 0,
  CASE WHEN abroad THEN 'USD' ELSE 'CNY' END, CASE WHEN abroad THEN amount / 7 END,
  CASE WHEN abroad THEN reported::date END, amount / 10 * 7, '3585', groups[1 + i % 7],
  false, CASE WHEN abroad THEN 'FOREIGN' ELSE 'DOMESTIC' END, (20 + i % 300)::text, '联系人' || i % 97,
  '138' || lpad((i % 100000000)::text, 8, '0'), '以商招商', '需落实用地、用电、用气。', stage,
  reported + CASE WHEN waits THEN interval '1 hour' ELSE interval '1 day' END,
  units[unit], reporters[unit], reported,
  CASE WHEN stage <> 'RETURNED' THEN reported + interval '2 days' END,
  CASE WHEN NOT waits THEN reported + interval '1 day' END,
  CASE WHEN NOT waits THEN places[1 + pg_temp.draw(i, 14, 5)] END,
  CASE WHEN signed THEN places[1 + pg_temp.draw(i, 15, 5)] END, '跟进人' || i % 31,
  CASE WHEN signed THEN (reported + interval '20 days')::date END,
  CASE WHEN waits THEN 0 ELSE amount END, CASE WHEN waits THEN 0 ELSE amount / 16 * 7 END,
  CASE WHEN waits THEN 0 ELSE amount / 160 * 2 END, 1 + i % 9, reported + interval '3 days', ''
FROM (
  SELECT *, stage IN ('REPORTED', 'RETURNED') AS waits, stage NOT IN ('REPORTED', 'RETURNED',
      'JUDGED', 'DECLINED') AS signed,
    (ARRAY['口腔种植体', '柠檬深加工', '新能源汽车零部件', '预制菜', '康养社区', '冷链物流', '文旅小镇',
      '智能装备'])[1 + pg_temp.draw(i, 13, 8)] || '生产基地（第' || i || '号）' AS name
  FROM (
    SELECT i, 1000000000::bigint * (3 + pg_temp.draw(i, 10, 400)) AS amount,
      pg_temp.draw(i, 16, 20) = 0 AS abroad,
      1 + pg_temp.draw(i, 12, 36) AS unit,
      $3::timestamptz + ($4::timestamptz - $3::timestamptz)
        * ((i - 1 + pg_temp.draw(i, 17, 1000) / 1000.0) / $1) AS reported,
      CASE
        WHEN i > $1 - 600 AND i % 3 = 0 THEN 'REPORTED'
        WHEN i > $1 - 600 AND i % 20 = 1 THEN 'RETURNED'
        ELSE (ARRAY['JUDGED', 'JUDGED', 'DECLINED', 'SIGNED', 'REGISTERED', 'STARTED', 'COMPLETED',
          'OPERATING', 'OPERATING', 'FULL_OUTPUT'])[1 + pg_temp.draw(i, 18, 10)]
      END AS stage
    FROM generate_series(1, $1::bigint) i) drawn) told,
  (SELECT array_agg(id ORDER BY id) AS groups FROM industry_group) g,
  (SELECT array_agg(id ORDER BY id) AS places FROM place) p,
  (SELECT array_agg(o.id ORDER BY o.id) AS units, array_agg(w.id ORDER BY o.id) AS reporters
    FROM organization o JOIN person w ON w.username = 'person-' || o.id) u
"""

MILESTONES = """
INSERT INTO milestone (id, project_id, stage, reached_on, note, recorded_by_id, recorded_at)
SELECT (t.id - 1) * 5 + k, t.id,
  (ARRAY['REGISTERED', 'STARTED', 'COMPLETED', 'OPERATING', 'FULL_OUTPUT'])[k],
  (t.reported_at + k * interval '60 days')::date, '', t.reporter_id,
  t.reported_at + k * interval '61 days'
FROM project t, generate_series(1, 5) k
WHERE t.stage NOT IN ('REPORTED', 'RETURNED')
"""

ENTRIES = """
INSERT INTO entry (id, no, project_id, indicator, amount_fen, occurred_on, opening, early_reason,
  source_of_capital, evidence_note, confirmed_by_id, state, reason, recorded_by_id, recorded_at, revision)
SELECT (t.id - 1) * 10 + k, 'Z' || lpad(((t.id - 1) * 10 + k)::text, 9, '0'), t.id,
  CASE WHEN k = 1 THEN 'SIGNED_FUNDS' WHEN k <= 8 THEN 'PAID_IN_FUNDS' ELSE 'TAX' END,
  t.amount_fen / CASE WHEN k = 1 THEN 1 WHEN k <= 8 THEN 16 ELSE 160 END,
  (t.reported_at + k * interval '30 days')::date, false, '',
  CASE WHEN k BETWEEN 2 AND 8 THEN 'OUT_OF_PROVINCE' END, '银行回单 ' || k, t.reported_by_id,
  'VERIFIED', '', t.reporter_id, t.reported_at + k * interval '31 days', 2
FROM project t, generate_series(1, 10) k
WHERE t.stage NOT IN ('REPORTED', 'RETURNED')
"""

INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made_by
FROM pg_index i
WHERE i.indrelid = ANY ($1::text[]::regclass[])
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def fill(url: str, projects: int, companies: int = 0) -> dict[str, int]:
    """Fill a founded database; how many rows each table has then. A fifth as many companies."""
    return asyncio.run(filled(url, projects, companies or max(10, projects // 5)))


async def filled(url: str, projects: int, companies: int) -> dict[str, int]:
    began = time.perf_counter()
    db = await asyncpg.connect(url)
    try:
        # References hold by construction, and indexes are made faster afterwards.
        await db.execute("SET session_replication_role = replica")
        await db.execute(DRAW)
        indexes = await db.fetch(INDEXES, FILLED)
        for index in indexes:
            await db.execute(f"DROP INDEX {index['name']}")
        began_at, ended_at = await db.fetchrow(
            f"SELECT '{BEGAN}'::timestamptz, '{ENDED}'::timestamptz"
        )
        await db.execute(ORGANIZATIONS)
        await db.execute(PEOPLE)
        await db.execute(APPOINTMENTS)
        await db.execute(COMPANIES, companies, began_at)
        await db.execute(PROJECTS, projects, companies, began_at, ended_at)
        await db.execute(MILESTONES)
        await db.execute(ENTRIES)
        for index in indexes:
            await db.execute(index["made_by"])
        for table in FILLED:
            await db.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        await db.execute("VACUUM ANALYZE")
        counts = {
            table: await db.fetchval(f"SELECT count(*) FROM {table}")
            for table in (*FILLED, "industry_group")
        }
    finally:
        await db.close()
    answer = ", ".join(f"{count:,} {table}" for table, count in counts.items())
    print(f"filled in {time.perf_counter() - began:.0f} s: {answer}", flush=True)
    return counts
