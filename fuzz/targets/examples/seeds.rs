//! Writes the valid input that coverage-guided runs start from: `cargo run -p kohort-fuzz --example seeds`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    for (number, (target, bytes)) in kohort_fuzz::seeds().into_iter().enumerate() {
        let folder = corpus.join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("seed-{number:03}")), bytes)?;
    }
    Ok(())
}
