"""Writes the small Parquet files that the readers' tests open: every codec, both kinds of data page, dictionaries, lists.

The rows are made up from their numbers, the same in every file. `pip install pyarrow==26.0.1`, then
`python reference/make_parquet.py`.
"""
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

OUT = pathlib.Path(__file__).parent / "fixtures" / "parquet"
ROWS = 48

TABLE = pa.table(
    {
        "page": pa.array([f"p{i // 4}" for i in range(ROWS)]),
        "kind": pa.array([None if i % 5 == 0 else f"k{i % 3}" for i in range(ROWS)]),
        "price": pa.array([None if i % 7 == 0 else i / 8 - 1 for i in range(ROWS)], pa.float64()),
        "seen": pa.array([[], None, [i % 9], [i % 5, 3, i % 9]][i % 4] for i in range(ROWS)).cast(pa.list_(pa.int32())),
        "click": pa.array([i % 2 for i in range(ROWS)], pa.int32()),
        "buy": pa.array([i % 4 == 1 for i in range(ROWS)]),
    }
)

DELTA = {
    "page": "DELTA_BYTE_ARRAY",
    "kind": "DELTA_LENGTH_BYTE_ARRAY",
    "price": "BYTE_STREAM_SPLIT",
    "seen.list.element": "DELTA_BINARY_PACKED",
    "click": "DELTA_BINARY_PACKED",
    "buy": "RLE",
}

FILES = {
    "zstd": {"compression": "zstd"},
    "zstd-v2": {"compression": "zstd", "data_page_version": "2.0"},
    "snappy-v2": {"compression": "snappy", "data_page_version": "2.0", "write_page_checksum": True},
    "gzip-plain": {"compression": "gzip", "use_dictionary": False},
    "brotli-v2": {"compression": "brotli", "data_page_version": "2.0"},
    "lz4": {"compression": "lz4"},
    "delta-v2": {"compression": "none", "data_page_version": "2.0", "use_dictionary": False, "column_encoding": DELTA},
}

if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for name, options in FILES.items():
        # Several pages to a column and several groups to a file, small as they are.
        pq.write_table(TABLE, OUT / f"{name}.parquet", row_group_size=20, data_page_size=64, write_batch_size=8, **options)
