//! The service catalogue: what a change is about, and the facts that its plan keeps naming.

/// A service of the organisation.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    /// 1 is the most critical.
    pub(crate) tier: u32,
    pub(crate) team: &'static str,
    pub(crate) repository: &'static str,
    pub(crate) pipeline: &'static str,
    pub(crate) environment: &'static str,
    pub(crate) systems: &'static str,
    pub(crate) applications: &'static str,
    pub(crate) data: &'static str,
    /// Logins: Technical Development Lead, Release Manager, deployer, second engineer.
    pub(crate) lead: &'static str,
    pub(crate) manager: &'static str,
    pub(crate) deployer: &'static str,
    pub(crate) engineer: &'static str,
    pub(crate) dashboard: &'static str,
    pub(crate) runbook: &'static str,
    /// Who depends on it.
    pub(crate) consumers: &'static str,
    /// Minutes within which it must be back.
    pub(crate) rto: u32,
}

macro_rules! service {
    ($key:literal, $name:literal, $tier:literal, $team:literal, $repo:literal, $pipe:literal, $env:literal,
     $systems:literal, $apps:literal, $data:literal, $lead:literal, $manager:literal, $deployer:literal,
     $engineer:literal, $dash:literal, $runbook:literal, $consumers:literal, $rto:literal) => {
        Service {
            key: $key,
            name: $name,
            tier: $tier,
            team: $team,
            repository: $repo,
            pipeline: $pipe,
            environment: $env,
            systems: $systems,
            applications: $apps,
            data: $data,
            lead: $lead,
            manager: $manager,
            deployer: $deployer,
            engineer: $engineer,
            dashboard: $dash,
            runbook: $runbook,
            consumers: $consumers,
            rto: $rto,
        }
    };
}

#[rustfmt::skip]
const SERVICES: [Service; 20] = [
    service!("gateway", "Payment gateway", 1, "Payments Core", "git.ostwind.example/payments/gateway", "gateway-release", "prod-eu-central",
        "gw-app-01..06, gw-redis-01..03", "Payment gateway, 3-D Secure adapter", "Card tokens, authorisation records",
        "tfigueira", "dadeyemi", "lbrandt", "atanabe", "Payments / Gateway authorisations", "runbooks/gateway.md", "Checkout, Invoicing and 41 merchant integrations", 15),
    service!("ledger", "Ledger", 1, "Payments Core", "git.ostwind.example/payments/ledger", "ledger-release", "prod-eu-central",
        "pg-ledger-01 (primary), pg-ledger-02/03 (replicas)", "Ledger API, posting workers", "Account balances, postings since 2014",
        "tfigueira", "dadeyemi", "npetrova", "lbrandt", "Payments / Ledger postings", "runbooks/ledger.md", "Settlement, Invoicing and Finance reporting", 30),
    service!("settlement", "SEPA settlement", 1, "Payments Core", "git.ostwind.example/payments/settlement", "settlement-release", "prod-eu-central",
        "batch-01, batch-02, EBICS connector", "Settlement batch, EBICS client", "Payment orders, bank statements (CAMT.053)",
        "tfigueira", "dadeyemi", "atanabe", "npetrova", "Payments / Settlement cut-offs", "runbooks/settlement.md", "House banks, Treasury and merchant pay-outs", 60),
    service!("fraud", "Fraud scoring", 2, "Payments Risk", "git.ostwind.example/payments/fraud", "fraud-model-release", "prod-eu-central",
        "fraud-gpu-01/02, feature store", "Scoring API, rule engine", "Transaction features, device fingerprints",
        "tfigueira", "pnovak", "dfaye", "hosei", "Payments / Fraud decisions", "runbooks/fraud.md", "Payment gateway", 30),
    service!("checkout", "Checkout", 1, "Merchant Experience", "git.ostwind.example/merchant/checkout", "checkout-release", "prod-eu-west",
        "checkout-web (12 pods), CDN", "Hosted checkout page, checkout SDK", "Shopping baskets, shopper addresses",
        "tfigueira", "pnovak", "bramos", "wzhang", "Merchant / Checkout conversion", "runbooks/checkout.md", "2,300 merchants", 15),
    service!("portal", "Customer portal", 2, "Merchant Experience", "git.ostwind.example/merchant/portal", "portal-release", "prod-eu-west",
        "portal-web (6 pods), portal-api (4 pods)", "Customer portal", "Customer master data, shipment history",
        "alorenz", "pnovak", "bramos", "kobrien", "Merchant / Portal sessions", "runbooks/portal.md", "18,000 portal users", 60),
    service!("tracking", "Parcel tracking", 2, "Logistics Apps", "git.ostwind.example/logistics/tracking", "tracking-release", "prod-eu-west",
        "track-api (8 pods), kafka-logistics", "Tracking API, public tracking page", "Shipment events, consignee postcodes",
        "alorenz", "pnovak", "gmwangi", "kobrien", "Logistics / Tracking events", "runbooks/tracking.md", "Customer portal, Notification hub and the carriers' web sites", 60),
    service!("route", "Route planner", 2, "Logistics Apps", "git.ostwind.example/logistics/route-planner", "route-release", "prod-eu-west",
        "route-solver-01..04", "Route planner, driver app back end", "Tours, vehicle positions",
        "alorenz", "pnovak", "gmwangi", "tjung", "Logistics / Tours computed", "runbooks/route.md", "Dispatch desks in Hamburg, Rotterdam, Gdańsk and Porto", 45),
    service!("wms", "Warehouse management", 1, "Warehouse Systems", "git.ostwind.example/warehouse/wms", "wms-release", "prod-warehouse",
        "wms-app-rtm/gdn/ham, ora-wms-01/02", "WMS core, conveyor controller, pick-by-light", "Stock, bins, pick orders",
        "alorenz", "dadeyemi", "jdewit", "mzielinska", "Warehouse / Picks per hour", "runbooks/wms.md", "All three warehouses and Customs filing", 30),
    service!("handheld", "Warehouse handhelds", 2, "Warehouse Systems", "git.ostwind.example/warehouse/handheld", "handheld-rollout", "prod-warehouse",
        "640 Zebra TC52 terminals, MDM server", "Scanner app, device management", "Device inventory, user badges",
        "alorenz", "pnovak", "mzielinska", "jdewit", "Warehouse / Handheld sync", "runbooks/handheld.md", "Shift teams of all hubs", 60),
    service!("edi", "EDI and customs hub", 2, "Integration", "git.ostwind.example/integration/edi-hub", "edi-release", "prod-eu-central",
        "edi-mq-01/02, AS2 gateway", "EDI translator, customs filing (ATLAS, DMS)", "Customs declarations, IFTMIN/IFTSTA messages",
        "omarchenko", "dadeyemi", "vhorvath", "ydemir", "Integration / EDI backlog", "runbooks/edi.md", "Customs authorities and 96 trading partners", 60),
    service!("identity", "Identity and single sign-on", 1, "Platform Security", "git.ostwind.example/platform/identity", "identity-release", "prod-eu-central",
        "idp-01..03, ldap-01/02", "Single sign-on, MFA, directory", "Staff and customer credentials, MFA seeds",
        "omarchenko", "dadeyemi", "ethornton", "frahimi", "Platform / Sign-in success", "runbooks/identity.md", "Every application with a login", 15),
    service!("datalake", "Data lake", 3, "Data Platform", "git.ostwind.example/data/lake", "lake-deploy", "prod-eu-west",
        "spark-01..08, object store", "Ingestion jobs, BI marts", "Pseudonymised shipments and payments",
        "omarchenko", "pnovak", "hosei", "dfaye", "Data / Freshness", "runbooks/datalake.md", "Controlling, Pricing and Fraud scoring (training only)", 480),
    service!("invoicing", "Invoicing", 2, "Finance Systems", "git.ostwind.example/finance/invoicing", "invoicing-release", "prod-eu-central",
        "inv-app-01/02, archive store", "Invoice run, e-invoice export (XRechnung, Peppol)", "Invoices, tax numbers",
        "tfigueira", "pnovak", "cconti", "rmeyer", "Finance / Invoice run", "runbooks/invoicing.md", "Finance, 2,300 merchants, tax authorities", 240),
    service!("kubernetes", "Kubernetes platform", 1, "Platform", "git.ostwind.example/platform/clusters", "cluster-rollout", "prod-eu-central",
        "k8s-ham-a, k8s-ham-b, k8s-rtm-a", "Container platform, ingress, service mesh", "Cluster state, secrets at rest",
        "omarchenko", "dadeyemi", "skjaer", "frahimi", "Platform / Cluster health", "runbooks/kubernetes.md", "All containerised services", 30),
    service!("network", "Core network", 1, "Network", "git.ostwind.example/platform/network", "network-as-code", "prod-eu-central",
        "core-sw-ham-1/2, fw-ham-1/2, wan-rtm, wan-gdn", "Routing, firewalls, site-to-site VPN", "Configuration only",
        "omarchenko", "dadeyemi", "ydemir", "skjaer", "Network / Links and loss", "runbooks/network.md", "All sites and the payment schemes' leased lines", 15),
    service!("observability", "Observability", 3, "Platform", "git.ostwind.example/platform/observability", "obs-deploy", "prod-eu-central",
        "prom-01/02, loki (9 pods)", "Metrics, logs, alert routing", "Metrics and logs, 90 days",
        "omarchenko", "pnovak", "frahimi", "skjaer", "Platform / Alert delivery", "runbooks/observability.md", "All on-call teams", 120),
    service!("notification", "Notification hub", 2, "Merchant Experience", "git.ostwind.example/merchant/notify", "notify-release", "prod-eu-west",
        "notify-api (4 pods), mail-relay-01/02, SMS provider", "Mail, SMS and push notifications", "Mail addresses, phone numbers",
        "alorenz", "pnovak", "kobrien", "bramos", "Merchant / Notifications sent", "runbooks/notify.md", "Parcel tracking, Checkout, Identity (one-time codes)", 60),
    service!("intranet", "Intranet and wiki", 4, "Workplace", "git.ostwind.example/workplace/intranet", "intranet-deploy", "prod-corp",
        "wiki-01, intranet-web", "Intranet, wiki", "Internal pages",
        "omarchenko", "pnovak", "lsilva", "sbakker", "Workplace / Intranet", "runbooks/intranet.md", "Staff in all offices", 480),
    service!("hr", "HR and time recording", 3, "Workplace", "git.ostwind.example/workplace/hr", "hr-deploy", "prod-corp",
        "hr-app-01, terminals at 4 sites", "HR portal, time recording", "Personnel files, working times",
        "omarchenko", "pnovak", "lsilva", "rmeyer", "Workplace / Time terminals", "runbooks/hr.md", "1,900 employees, Payroll", 480),
];

/// The service with this key.
pub(crate) fn find(key: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.key == key)
}
