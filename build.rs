//! Tells whether what adding references to the embedded atlas takes is at hand: the package leaves it out.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(embedded_extension)");
    println!("cargo::rerun-if-changed=assets");
    if std::path::Path::new("assets/default.extension").exists() {
        println!("cargo::rustc-cfg=embedded_extension");
    }
}
