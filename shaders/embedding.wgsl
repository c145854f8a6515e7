// embedding — y[s,t,:] = table[ids[b,t],:]
//
// shapes   ids (B,T), table (V,D), y, dy (S,T,D); S = B, or 2·B when a batch runs twice (b = s mod B)
// threads  forward: one invocation per element of y; clear: per element of the table; scatter: per element of dy
// backward d(table)[v] = Σ over tokens with id v of dy: the first token of an id sums for all of them, so that no two invocations write
//          the same row and the order of the sum is always the same; `clear` writes the rows that no token has. Tokens with the id
//          `padding` add nothing: nn.Embedding's padding_idx
// libs     stored, which is the table, or a block of its rows: forward writes the tokens whose row is there

struct Params { elements: u32, width: u32, id_count: u32, token_rows: u32, row_stride: u32, padding: u32, first_row: u32, rows: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> ids: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_table: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  // Of a row before the block this wraps round to a large number.
  let row = ids[(at / params.width) % params.id_count] - params.first_row;
  if (row >= params.rows) { return; }
  y[at] = stored_at(row * params.width + at % params.width);
}

@compute @workgroup_size(64)
fn clear(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  d_table[at] = 0.0;
}

@compute @workgroup_size(64)
fn scatter(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let own = at / params.width;
  let channel = at % params.width;
  let token = ids[own];
  if (token == params.padding) { return; }
  for (var row = 0u; row < own; row++) {
    if (ids[row] == token) { return; }
  }
  var gradient = 0.0;
  for (var row = own; row < params.token_rows; row++) {
    if (ids[row % params.id_count] == token) { gradient += dy[row * params.width + channel]; }
  }
  d_table[token * params.width + channel] += gradient;
}
