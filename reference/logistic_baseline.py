"""A logistic regression on a shard: what a linear model reaches on the very rows that Seesaw trains and validates on.

    python reference/logistic_baseline.py SHARD_FOLDER

needs numpy, pandas, pyarrow and scikit-learn. Categorical columns become one-hot columns, numbers z-scores of the
training part clipped to ±5 (missing = 0), rows carry their inclusion weight. For every task one model on all rows, and for
a task with a parent the ratio p(task)/p(parent) scored on the rows where the parent happened, as Seesaw reports CVR.
"""
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OneHotEncoder

CLIP = 5


def z_scores(raw, weight, train):
    columns = []
    for column in raw.T:
        known = train & ~np.isnan(column)
        mean = np.average(column[known], weights=weight[known]) if known.any() else 0.0
        sd = np.sqrt(np.average((column[known] - mean) ** 2, weights=weight[known])) if known.any() else 0.0
        z = np.clip((column - mean) / sd, -CLIP, CLIP) if sd > 0 else np.zeros_like(column)
        columns.append(np.nan_to_num(z))
    return np.stack(columns, axis=1) if columns else np.zeros((len(weight), 0))


def main(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    schema = manifest["schema"]
    parts = [pd.read_parquet(folder / p["file"]) for p in manifest["parts"] if not p.get("pages")]
    rows = pd.concat(parts, ignore_index=True)
    columns = manifest.get("columns", {})
    train = (rows[columns.get("part", "part")].to_numpy() != 1) & (rows[columns.get("part", "part")].to_numpy() != "validation")
    weight = rows[columns.get("weight", "weight")].to_numpy(float)
    codes = rows[[c["name"] for c in schema["categorical"]]].astype("int64")
    one_hot = OneHotEncoder(handle_unknown="ignore").fit(codes[train])
    numbers = rows[schema["numerical"]].to_numpy(float)
    x = sparse.hstack([one_hot.transform(codes), sparse.csr_matrix(z_scores(numbers, weight, train))]).tocsr()
    print(f"{len(rows):,} rows, {train.sum():,} to train on, {x.shape[1]:,} columns after one-hot")

    log_p = {}
    for task in schema["tasks"]:
        y = rows[task["name"]].to_numpy(int)
        model = LogisticRegression(C=1.0, max_iter=1000).fit(x[train], y[train], sample_weight=weight[train] / weight[train].mean())
        log_p[task["name"]] = model.predict_log_proba(x)[:, 1]
        auc = roc_auc_score(y[~train], log_p[task["name"]][~train], sample_weight=weight[~train])
        print(f"{task['name']:>24}  all rows           AUC {auc:.4f}  ({y[~train].sum():,} positives)")
        if task["parent"] is not None:
            parent = schema["tasks"][task["parent"]]["name"]
            rows_in = ~train & (rows[parent].to_numpy(int) == 1)
            score = log_p[task["name"]] - log_p[parent]
            auc = roc_auc_score(y[rows_in], score[rows_in], sample_weight=weight[rows_in])
            print(f"{task['name']:>24}  given {parent:<12} AUC {auc:.4f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
