//! What the service lets through to us.

use bellhop_core::call::COUNTRY_HEADER;
use serde_json::json;

/// Rules in the service's Traffic Policy language: only GET, HEAD and POST to paths under `/hooks/`
/// pass; everything else is answered with 404 at the edge, so that scanners neither reach this
/// computer nor hold one of its streams.
///
/// Source: <https://ngrok.com/docs/traffic-policy/actions/deny> and
/// <https://ngrok.com/docs/traffic-policy/variables/req>. What passes is told the caller's country,
/// which ngrok's own headers do not:
/// <https://ngrok.com/docs/traffic-policy/actions/add-headers>. All expressions of a rule must hold for its
/// actions to run, so what is let through is written as one negated expression a rule.
pub fn hooks_only() -> String {
    json!({
        "on_http_request": [
            {
                "name": "only what Bellhop serves",
                "expressions": [
                    "!(req.url.path.startsWith('/hooks/') && req.method in ['GET', 'HEAD', 'POST'])"
                ],
                "actions": [{ "type": "deny", "config": { "status_code": 404 } }]
            },
            {
                "name": "the country of the caller",
                "actions": [{
                    "type": "add-headers",
                    "config": { "headers": { COUNTRY_HEADER: "${conn.geo.country_code}" } }
                }]
            }
        ]
    })
    .to_string()
}
