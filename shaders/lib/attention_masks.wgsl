// attention_masks — which keys a query sees, and which of these the masks before and after the softmax keep
// libs: random, step, masks, last_token; a kernel that uses it has LOGITS, WEIGHTS, CAUSAL, READ, the fields of `params` and span_lengths

// Less than any logit: what a key that does not count has.
const LOWEST = -3.0e38;

// One row of the attention matrix and what its masks are drawn from. Everything a key's mask needs is fetched once a row: on a software
// adapter a uniform costs as much as a hash.
struct Row {
  query: u32,         // counted among the tokens, or among the virtual queries
  virtual_query: bool,
  head_row: u32,      // b·H + h, b before any doubling
  length: u32,
  tokens: u32,
  front: u32,         // virtual keys
  masked: bool,
  logits: Draw,
  weights: Draw,
}

// How one of the two masks is drawn in this row.
struct Draw {
  key: vec4<u32>,     // seed, step, site, and the index of the row's first word
  threshold: u32,
  start: u32,         // the span
  end: u32,
}

fn draw_of(pattern: u32, slot: u32, site: u32, branch: u32, b: u32, row: Row) -> Draw {
  var draw: Draw;
  draw.key = vec4<u32>(step.seed, step.mask_step, site_of(site, branch), 0u);
  if (pattern == ELEMENT) { draw.key.w = (row.head_row * row.tokens + row.query) * row.tokens; }
  if (pattern == COLUMN) { draw.key.w = row.head_row * row.tokens; }
  if (pattern == SPAN) {
    let length = span_lengths[slot * params.samples + b];
    if (length <= row.length) {
      draw.start = word(draw.key.x, draw.key.y, draw.key.z, row.head_row) % (row.length - length + 1u);
      draw.end = draw.start + length;
    }
  } else {
    draw.threshold = step.slots[slot].threshold;
  }
  return draw;
}

// Query `query` of those that are there of `sample`, whose real tokens are `length`.
fn row_of(sample: u32, head: u32, which: u32, length: u32) -> Row {
  var row: Row;
  let b = sample % params.samples;
  var query = which;
  if (READ == LAST) { query = params.virtual_queries + last_token(length); }
  let branch = params.branch + sample / params.samples;
  row.virtual_query = query < params.virtual_queries;
  row.query = select(query - params.virtual_queries, query, row.virtual_query);
  row.head_row = b * params.heads + head;
  row.length = length;
  row.front = params.virtual_keys;
  row.tokens = params.keys - params.virtual_keys;
  row.masked = branch != params.clean_branch && !row.virtual_query;
  if (LOGITS != NONE) { row.logits = draw_of(LOGITS, params.logits_slot, params.logits_site, branch, b, row); }
  if (WEIGHTS != NONE) { row.weights = draw_of(WEIGHTS, params.weights_slot, params.weights_site, branch, b, row); }
  return row;
}

fn allowed(row: Row, key: u32) -> bool {
  if (key < row.front) { return !row.virtual_query || !CAUSAL || key <= row.query; }
  let token = key - row.front;
  // Without a single real token there would be nothing to see: each token sees itself, and its sample stays finite.
  if (row.length == 0u) { return !row.virtual_query && token == row.query; }
  if (token >= row.length) { return false; }
  return !CAUSAL || (!row.virtual_query && token <= row.query);
}

fn keeps(pattern: u32, draw: Draw, row: Row, key: u32) -> bool {
  if (!row.masked || key < row.front) { return true; }
  let token = key - row.front;
  if (pattern == SPAN) { return token < draw.start || token >= draw.end; }
  return word(draw.key.x, draw.key.y, draw.key.z, draw.key.w + token) >= draw.threshold;
}
