// stored (float32 form) — a matrix of which a kernel reads single values, as they are: weights that nobody packed, and every matrix that is
// no weight
@group(0) @binding(3) var<storage, read> stored: array<f32>;

fn stored_at(place: u32) -> f32 { return stored[place]; }
