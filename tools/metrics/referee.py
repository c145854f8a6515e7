"""Scores made-up texts with sacreBLEU and NLTK, for src/metrics/textScores.test.ts. Run: python tools/metrics/referee.py > src/fixtures/metrics/referee.json"""
import json
import sys

import nltk
import sacrebleu
from nltk.stem.porter import PorterStemmer
from nltk.translate.meteor_score import meteor_score
from sacrebleu.metrics import BLEU, TER

TEXTS = [
    ("The small café by the river serves cheap fish.", ["Cheap fish is served at the small café by the river.", "By the river, a small café sells cheap fish."]),
    ("It costs 3,50 or $4.25 - a fair price, isn't it?", ["A fair price: it costs 3,50 or $4.25."]),
    ("Readers happily organised three meetings, skies permitting", ["The readers were happy organising three meetings if the sky permits.", "Three meetings were organised happily by a reader"]),
    ("no overlap here", ["completely different words follow"]),
    ("one two three four five six seven eight nine ten", ["six seven eight nine ten one two three four five", "ten nine eight seven six five four three two one"]),
    ("", ["An empty text has nothing right."]),
    ("word", ["word"]),
    ("the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"]),
]
WORDS = "skies dying news innings proceed caresses ponies ties cats agreed plastered motoring conflated hopping falling hissing failing filing happy sky enjoy relational conditional " \
    "rational digitizer radically vileness operator feudalism hopefulness sensibiliti analogi hopefulli triplicate formative electrical goodness revival allowance inference airliner adjustable " \
    "irritant replacement adoption communism activate effective probate rate cease controll roll Generally restaurants located serving moderately priced y by say".split()


class NoWordNet:
    def synsets(self, _):
        return []


def main():
    hypotheses = [text for text, _ in TEXTS]
    most = max(len(references) for _, references in TEXTS)
    streams = [[references[i] if i < len(references) else None for _, references in TEXTS] for i in range(most)]
    bleu, ter = BLEU(lowercase=True), TER()
    filled = [[references[min(i, len(references) - 1)] for _, references in TEXTS] for i in range(most)]
    stemmer = PorterStemmer()
    json.dump({
        "by": f"sacrebleu {sacrebleu.__version__}, nltk {nltk.__version__}",
        "texts": [{
            "hypothesis": text, "references": references,
            "ter": TER().sentence_score(text, references).score,
            "meteor": meteor_score([reference.split() for reference in references], text.split(), wordnet=NoWordNet()),
            "bleu": BLEU(effective_order=True, lowercase=True).sentence_score(text, references).score / 100,
            "words": bleu.tokenizer(text),
        } for text, references in TEXTS],
        "bleu": bleu.corpus_score(hypotheses, streams).score / 100,
        "ter": ter.corpus_score(hypotheses, filled).score,
        "stems": {word: stemmer.stem(word) for word in WORDS},
    }, sys.stdout, ensure_ascii=False, indent=1)


main()
