//! What actix-web's documentation hides (`Path::add_static`), behind one function
//! of ours. `Cargo.toml` pins actix-web's minor version on its account.

use actix_web::dev::ServiceRequest;

/// Records the parameters of the matched template and marks the path as read.
///
/// `base` is where the looked-up part starts in the whole path.
pub(super) fn record_match(
    request: &mut ServiceRequest,
    base: usize,
    names: &[&'static str],
    spans: &[(u16, u16)],
) {
    let info = request.match_info_mut();
    for (name, &(start, length)) in names.iter().zip(spans) {
        let start = base + usize::from(start);
        let value = info
            .as_str()
            .get(start..start + usize::from(length))
            .unwrap_or_default()
            .to_owned();
        info.add_static(*name, value);
    }
    let rest = info.unprocessed().len();
    // actix refuses targets longer than `u16::MAX` before they come here.
    info.skip(u16::try_from(rest).unwrap_or(u16::MAX));
}
