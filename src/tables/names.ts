/** What columns are called, and what they are for then. */

/** `#1 String` → `1_string`, `goldLabel` → `gold_label`. */
export const plainName = (name: string): string => name.trim().replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase().replace(/[^\p{L}\d]+/gu, '_').replace(/^_+|_+$/g, '');

const words = (text: string): Set<string> => new Set(text.trim().split(/\s+/));

/** In the order in which the first that is there is taken. */
export const LABEL_NAMES = [...words(`label labels gold_label gold class classes class_label target_class label_id labelid label_idx class_id class_name category categories sentiment airline_sentiment polarity
  verdict intent emotion topic stance quality is_duplicate duplicate entailment entailment_label entailment_judgment judgment judgement acceptability acceptable rating ratings score scores stars star_rating
  overall similarity similarity_score relatedness relatedness_score grade mark marks points tag toxic toxicity spam is_spam outcome truth y ylabel y_true target targets annotation code etikett klasse bewertung note urteil kategorie
  etiqueta clase categoria sentimiento etiquette classe categorie label_text label_name kind type result answer`)];

/** Names that are a label's only where the column holds classes or numbers. */
export const WEAK_LABEL_NAMES = words('type kind result answer note title mark points grade code tag target targets y overall');

/** Names of labels that are scores rather than classes where they are whole numbers. */
export const SCORE_NAMES = words('score scores similarity similarity_score relatedness relatedness_score rating ratings points grade mark bewertung note');

export const TEXT_NAMES = words(`text texts sentence sentences sentence1 sentence_1 text1 text_1 text_a sentence_a premise question question1 question_1 review reviews review_text review_body comment comments comment_text
  content contents document doc tweet body body_text message utterance title headline description statement phrase post news article sms string 1_string 2_string sentence2 sentence_2 text2 text_2 text_b sentence_b hypothesis question2 question_2
  passage context claim evidence email mail abstract summary input inputs kommentar satz texto frase texte phrase_text response answer query paragraph string1 string2 s1 s2 sent1 sent2 left right`);

/** First and second of a pair. */
export const PAIRS: readonly (readonly [string, string])[] = [
  ['sentence1', 'sentence2'], ['sentence_1', 'sentence_2'], ['premise', 'hypothesis'], ['question1', 'question2'], ['question_1', 'question_2'], ['1_string', '2_string'], ['text1', 'text2'], ['text_1', 'text_2'], ['text_a', 'text_b'],
  ['sentence_a', 'sentence_b'], ['string1', 'string2'], ['string_1', 'string_2'], ['sent1', 'sent2'], ['s1', 's2'], ['question', 'sentence'], ['question', 'passage'], ['question', 'context'], ['question', 'answer'], ['query', 'passage'],
  ['query', 'document'], ['query', 'title'], ['claim', 'evidence'], ['headline', 'body'], ['context', 'response'], ['left', 'right'], ['a', 'b'], ['source', 'target'], ['anchor', 'positive'], ['prompt', 'response'],
];

/** Parts of a prompt in the order in which they are put together. */
export const PROMPT_NAMES = ['system', 'system_prompt', 'instruction', 'instructions', 'prompt', 'prompts', 'context', 'input', 'inputs', 'user', 'human', 'question', 'query', 'problem', 'mr', 'meaning_representation', 'triples', 'modified_triple_sets', 'original_triple_sets', 'source', 'src', 'document', 'article', 'dialogue', 'text', 'title'];

/** What is written, by the prompts that go with it. An asterisk: any of the names above. */
export const ANSWER_NAMES: readonly (readonly [string, readonly string[]])[] = [
  ['output', ['instruction', 'instructions', 'input', 'inputs', 'prompt', 'question']], ['outputs', ['instruction', 'instructions', 'input', 'inputs', 'prompt']], ['completion', ['prompt', 'prompts', 'instruction', 'text', 'input']], ['completions', ['prompt', 'prompts']],
  ['response', ['prompt', 'instruction', 'instructions', 'question', 'query', 'context', 'user', 'input']], ['ref', ['mr']], ['human_reference', ['meaning_representation', 'mr']], ['references', ['triples', 'mr', 'meaning_representation', 'input', 'source']], ['refs', ['triples', 'mr', 'input', 'source']],
  ['target', ['source', 'input', 'meaning_representation', 'mr', 'prompt', 'document', 'article', 'inputs']], ['targets', ['inputs', 'input', 'source']], ['target_text', ['input_text', 'source_text', 'prompt', 'source']], ['answers', ['question']], ['answer', ['question', 'query', 'problem', 'prompt', 'instruction']], ['solution', ['problem', 'question']], ['reply', ['message', 'prompt', 'question', 'context']],
  ['lex', ['modified_triple_sets']], ['lex', ['original_triple_sets']],
  ['summary', ['document', 'article', 'dialogue', 'text', 'input']], ['highlights', ['article', 'document']], ['assistant', ['user', 'human', 'prompt']], ['bot', ['user', 'human', 'prompt']], ['tgt', ['src']], ['chosen', ['prompt', 'question']], ['text', ['triples', 'mr', 'meaning_representation']],
];

export const CHAT_NAMES = words('messages conversations conversation dialog dialogue dialogs turns chat');

/** Numbers of rows and keys, which are nothing to learn from. */
export const INDEX_NAMES = words('id ids idx index uid guid uuid pair_id pairid row row_id rowid row_number row_nr no nr number sno s_no serial key pk sample_id example_id sentence_id text_id doc_id review_id tweet_id comment_id unnamed_0 unnamed_0_1 index_level_0 level_0 1_id 2_id qid qid1 qid2 eid orig_id old_index');

/** Any of these in a first row makes it a header. */
export const isKnownName = (name: string): boolean => {
  const plain = plainName(name);
  return LABEL_NAMES.includes(plain) || TEXT_NAMES.has(plain) || INDEX_NAMES.has(plain) || CHAT_NAMES.has(plain) || PROMPT_NAMES.includes(plain) || ANSWER_NAMES.some(([answer]) => answer === plain);
};

/** Whether a column of this name is what is learned: a label, an answer, a conversation. */
export const isKnownAnswer = (name: string): boolean => LABEL_NAMES.includes(plainName(name)) || CHAT_NAMES.has(plainName(name)) || (plainName(name) !== 'text' && ANSWER_NAMES.some(([answer]) => answer === plainName(name)));
