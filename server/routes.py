"""Every URL on one screen."""

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from server.api.graphql import GraphQLEndpoint
from server.developers import pages as developers
from server.live import events
from server.operations import health
from server.people.context import context_for
from server.settings import ROOT
from server.web import attachments, autocomplete, drafts, issuing, sign_in, widgets
from server.web.downloads import download
from server.web.exports import export
from server.web.issuing import issued
from server.web.navigation import start
from server.web.pages import page, widget
from server.web.resources import assets, documents, graph, rate_limiter

WIDGETS = {"ranking": "assessment/ranking_widget"}
partners = GraphQLEndpoint(
    graph,
    context_for,
    rate_limiter=rate_limiter,
    documents={
        name: query.source for name, path in WIDGETS.items() if (query := documents[path].query)
    },
)


async def home(request: Request) -> Response:
    """Where everybody starts their day: at the first list of their menu."""
    viewer = (await context_for(request)).viewer
    return RedirectResponse(start(viewer) if viewer.signed_in else "/sign-in", 303)


async def this_year(request: Request) -> Response:
    return RedirectResponse(f"/calendar/{(await context_for(request)).today.year}", 303)


async def embed_script(request: Request) -> Response:
    """What a foreign page loads: it keeps this address whatever the script's content."""
    headers = {"Cache-Control": "max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(ROOT / "static/embed.js", headers=headers)


PROJECT = "/projects/{project[no]}"

# fmt: off
routes: list[BaseRoute] = [
    Route("/", home),

    # the graph
    Route("/graphql",                              partners),
    Route("/graphql/schema.graphql",               partners.definition),
    Route("/graphql/d/{name}",                     partners.persisted),

    # what waits, and finding things
    page("/inbox",                                 "inbox"),
    page("/duties",                                "duties/list"),
    *export("/duties",                             "duties/list_export",    "duties", title="待办事项"),
    page("/duties/{which}/handover",               "duties/handover",       then="/inbox"),
    page("/duties/{which}/reminder",               "duties/reminder",       then="/duties?open=true"),
    page("/search",                                "project/search"),
    *autocomplete.routes,

    # messages, and what runs by the clock
    page("/messages",                              "messages/list",         then="/messages/{message[id]}"),
    *export("/messages",                           "messages/list_export",  "messages", title="消息"),
    page("/messages/new",                          "messages/new",          then="/messages/notices/{notice[no]}"),
    page("/messages/notices",                      "messages/notices"),
    *export("/messages/notices",                   "messages/notices_export", "notices", title="通知"),
    page("/messages/notices/{no}",                 "messages/notice"),
    *export("/messages/notices/{no}/receipts",     "messages/receipts_export", "notice.messages", title="通知回执"),
    page("/messages/{message}",                    "messages/show"),
    page("/operations/jobs",                       "operations/jobs",       then="/operations/jobs", of="job"),
    *export("/operations/jobs",                    "operations/jobs_export", "jobs", title="定时任务", of="job"),

    # the journal, for those who audit it
    page("/journal",                               "journal/list"),
    *export("/journal",                            "journal/list_export",   "journalEntries", title="办理记录"),
    page("/journal/proof",                         "journal/proof"),

    # projects
    page("/projects",                              "project/list",          views={"board": "project/board"}),
    *export("/projects",                           "project/list_export",   "projects", title="项目库",
            always=("no", "name")),
    page("/projects/new",                          "linkage/report",        then="/projects/{project[no]}/receipt",
         prefilled=True),
    page("/projects/new/duplicates",               "linkage/duplicates"),
    page("/projects/{no}",                         "project/show"),
    page("/projects/{no}/contacts",                "linkage/contacts",      then="/projects/{no}"),
    page("/reveals",                               "linkage/reveals", listed="reveals"),
    *export("/reveals",                            "linkage/reveals_export", "contactReveals", title="查看联系方式的记录",
            listed="reveals"),

    # companies
    page("/companies",                             "company/list", listed="companies"),
    *export("/companies",                          "company/list_export",   "companies", title="企业",
            listed="companies"),
    page("/companies/{company}",                   "company/show"),

    # linkage: article 3
    page("/judgement",                             "linkage/queue",         then="/judgement", listed="judgement"),
    *export("/judgement",                          "linkage/queue_export",  "judgementQueue", title="研判台",
            listed="judgement"),
    page("/projects/{no}/judgement",               "linkage/judgement",     then="/judgement"),
    page("/projects/{no}/receipt",                 "linkage/receipt"),
    page("/projects/{no}/opinion",                 "linkage/opinion",       then=PROJECT),
    page("/projects/{no}/amendment",               "linkage/amendment",     then="/judgement?no={project[no]}"),
    page("/projects/{no}/claims/{claim}/assessment", "linkage/assessment",  then="/judgement?no={project[no]}"),
    page("/projects/{no}/compare/{other}",         "linkage/compare",       then="/judgement"),
    page("/claims",                                "linkage/claims", of="claim"),
    *export("/claims",                             "linkage/claims_export", "claims", title="首谈主张", of="claim"),
    page("/claims/new",                            "linkage/claim_by_ticket", then="/claims/{claim[id]}",
         prefilled=True),
    page("/claims/{claim}",                        "linkage/claim_show"),
    page("/claims/{claim}/dispute",                "linkage/claim_dispute", then="/claims/{claim}"),
    page("/projects/{no}/disputes/{dispute}",      "linkage/dispute_decision", then=PROJECT),
    page("/projects/{no}/transfer",                "linkage/transfer",      then="/projects/{no}/transfer"),
    page("/projects/{no}/shares",                  "linkage/shares"),
    page("/inquiries",                             "linkage/inquiries", listed="inquiries"),
    *export("/inquiries",                          "linkage/inquiries_export", "inquiries", title="查重情况",
            listed="inquiries"),
    page("/transfers",                             "linkage/transfers", of="transfer"),
    *export("/transfers",                          "linkage/transfers_export", "transfers", title="流转与分享",
            of="transfer"),
    page("/credits",                               "linkage/credits", of="credit"),
    *export("/credits",                            "linkage/credits_export", "credits", title="分享台账", of="credit"),
    page("/projects/{no}/resubmission",            "linkage/resubmission",  then=PROJECT),
    page("/projects/{no}/withdrawal",              "linkage/withdrawal",    then=PROJECT),
    page("/projects/{no}/claim",                   "linkage/claim",         then=PROJECT),
    page("/projects/{no}/dispute",                 "linkage/dispute",       then=PROJECT),

    # industry groups: article 2
    page("/groups",                                "industry/groups", of="one"),
    *export("/groups",                             "industry/groups_export", "ones", title="产业招商小组",
            of="one"),
    page("/groups/{slug}",                         "industry/group", of="one"),
    page("/groups/{slug}/brief",                   "industry/brief", of="one"),
    *issued("/groups/{slug}/brief",                "group", of="one"),
    page("/groups/{slug}/seats",                   "industry/seats", of="one"),
    page("/groups/{slug}/chain",                   "industry/chain", of="chain_node"),
    *export("/groups/{slug}/chain",                "industry/chain_export", "chainNodes", title="产业链",
            of="chain_node"),
    page("/groups/{slug}/chain/new",               "industry/node_new", of="chain_node", then="/chain/{node[no]}"),
    page("/chain/{node}",                          "industry/node", of="chain_node", then="/chain/{node}"),
    page("/chain/{node}/edit",                     "industry/node_edit", of="chain_node", then="/chain/{node}"),
    page("/ones/{one}",                            "industry/one", of="one", then="/ones/{one[no]}"),
    page("/targets",                               "industry/target_board", views={"table": "industry/target_list"},
         of="target_company"),
    *export("/targets",                            "industry/target_list_export", "targetCompanies", title="目标企业",
            always=("no", "name"), of="target_company"),
    page("/targets/new",                           "industry/target_new",   then="/targets/{target[no]}", prefilled=True),
    page("/targets/regions",                       "industry/target_regions", of="target_company"),
    *export("/targets/regions",                    "industry/target_regions_export", "targetRegions", title="目标区域",
            of="target_company"),
    page("/targets/regions/{region}",              "industry/target_region", then="/targets/regions",
         of="target_company"),
    page("/targets/{target}",                      "industry/target", of="target_company"),

    # signing and fulfilment: articles 5 and 6
    page("/projects/{no}/agreement",               "signing/agreement",     then=PROJECT),
    page("/projects/{no}/funds",                   "fulfilment/funds",      then=PROJECT),
    page("/projects/{no}/tax",                     "fulfilment/tax",        then=PROJECT),
    page("/projects/{no}/entries/{entry}/reversal","fulfilment/reversal",   then=PROJECT),
    page("/verification",                          "fulfilment/verification", of="entry"),
    *export("/verification",                       "fulfilment/verification_export", "entries", title="台账核实",
            always=("no",), of="entry"),
    page("/verification/{entry}",                  "fulfilment/entry",      then="/verification"),
    page("/projects/{no}/milestone",               "fulfilment/milestone",  then=PROJECT),

    # the ledger on its way in
    page("/ledger/imports",                        "ledger/imports",        then="/ledger/imports/{batch[no]}",
         listed="ledgers"),
    *export("/ledger/imports",                     "ledger/imports_export", "batches", title="导入台账",
            listed="ledgers"),
    download("/ledger/template.xlsx",              "ledger/template"),
    download("/ledger/imports/{batch}.xlsx",       "ledger/result"),
    page("/ledger/imports/{batch}",                "ledger/batch"),
    page("/ledger/imports/{batch}/rows/{row:int}", "ledger/row"),
    download("/imports/{kind}/template.xlsx",      "ledger/list_template"),
    download("/imports/{kind}/current.xlsx",       "ledger/list_current"),
    *export("/imports/{kind}",                     "ledger/lists_export", "listBatches", title="导入名单", of="batch"),
    page("/imports/{kind}",                        "ledger/lists",          then="/imports/{batch[kind]}/{batch[no]}",
         of="batch"),
    download("/imports/{kind}/{batch}.xlsx",       "ledger/result"),
    page("/imports/{kind}/{batch}",                "ledger/list",           then="/imports/{batch[kind]}/{batch[no]}"),

    # assessment: article 10
    page("/assessment/ranking",                    "assessment/ranking"),
    *export("/assessment/ranking",                 "assessment/ranking_export", "ranking.rows", title="擂台赛"),
    widget("/widgets/ranking",                     "assessment/ranking_widget"),
    widget("/embed/ranking",                       "assessment/ranking_widget"),
    *widgets.routes,

    # the rules by date
    Route("/calendar", this_year),
    page("/calendar/{year:int}",                   "city/calendar",         then="/calendar/proposals/{proposal[no]}"),
    page("/calendar/proposals/{proposal}",         "city/calendar_proposal", then="/calendar/{proposal[year]}"),
    page("/rules",                                 "city/rules"),
    *export("/rules",                              "city/rules_export",     "rules", title="规则参数"),
    page("/rules/proposals",                       "city/proposals", of="rule_proposal"),
    *export("/rules/proposals",                    "city/proposals_export", "ruleProposals", title="规则参数变更",
            of="rule_proposal"),
    *export("/calendar/proposals",                 "city/calendar_proposals_export", "calendarProposals",
            title="工作日历变更"),
    page("/rules/proposals/{proposal}",            "city/rule_proposal",    then="/rules/{proposal[name]}"),
    page("/rules/{name}",                          "city/rule"),
    page("/rules/{name}/new",                      "city/rule_new",         then="/rules/proposals/{proposal[no]}"),

    # documents and their templates
    *issued("/projects/{no}/receipt",              "receipt"),
    *issued("/projects/{no}/brief",                "brief"),
    page("/documents",                             "documents/list", of="document_template"),
    *export("/documents",                          "documents/list_export", "documents", title="文书模板",
            of="document_template"),
    *issuing.routes,
    page("/documents/{document}",                  "documents/kind"),

    *developers.routes,
    Route("/embed.js", embed_script),
    *sign_in.routes,
    *drafts.routes,
    *attachments.routes,
    *events.routes,
    *health.routes,
    Route("/static/{path:path}", assets),
]
# fmt: on
