"""What rows are measured by, by the names that the page has for it; 0 where a correlation is not defined."""
import warnings

from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

MEASURES = {
    "accuracy": lambda given, labels: accuracy_score(labels, given),
    "f1": lambda given, labels: f1_score(labels, given, zero_division=0),
    "matthews": lambda given, labels: matthews_corrcoef(labels, given),
    "pearson": lambda given, labels: 0.0 if len(set(given)) == 1 else pearsonr(given, labels)[0],
    "spearman": lambda given, labels: 0.0 if len(set(given)) == 1 else spearmanr(given, labels)[0],
}


def measure(given, labels, names: list[str]) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: round(float(MEASURES[name](list(given), list(labels))), 4) for name in names}
