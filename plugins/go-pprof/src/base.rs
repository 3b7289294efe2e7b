//! Where a server keeps its profiles, from the address the customer gives.

use plugin_api::Error;
use plugin_api::http::Url;

/// Where `net/http/pprof` puts them.
const PPROF: &str = "/debug/pprof";

/// The address below which each profile has its name: `url` itself when its path ends in `pprof`,
/// else with `/debug/pprof` appended.
pub(crate) fn of(url: &Url) -> Result<Url, Error> {
    let path = url.path().trim_end_matches('/');
    if path.ends_with("/pprof") {
        return url.with_path(path);
    }
    if let Some((before, name)) = path.rsplit_once("/pprof/") {
        return Err(Error::bad_config(format!(
            "url: ends in {name}; give the address above it, which ends in {before}/pprof, and \
             name what to fetch in `profiles`, `cpu` or `trace`"
        )));
    }
    url.with_path(&format!("{path}{PPROF}"))
}
