// reduce (serial form) — one lane owns the whole row, so a reduction is the value itself. For software adapters, where a barrier
// costs more than the row it would save (LANES must be 1).

fn reduce_sum(value: f32, row: u32, lane: u32) -> f32 { return value; }
fn reduce_max(value: f32, row: u32, lane: u32) -> f32 { return value; }
