"""An onnxruntime session that gives the same bytes each time.

In: a weights file, execution providers and a thread count. Out: a session, or a
`ModelError` naming file and fix. Shared by every network of the folder, so that none
differs in what makes results repeatable.
"""

from collections.abc import Sequence
from pathlib import Path

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from models.errors import ModelError

CPU = "CPUExecutionProvider"

LOAD_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoModel,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    ort_errors.EPFail,
    ort_errors.EngineError,
    RuntimeError,
    ValueError,
)
"""onnxruntime's errors share no base of their own."""


def open_session(
    path: Path, providers: Sequence[str] = (CPU,), threads: int = 1
) -> onnxruntime.InferenceSession:
    """Load a network.

    Args:
        path: The ONNX file.
        providers: onnxruntime's execution providers, in order of preference.
        threads: Threads inside one inference.

    Raises:
        ModelError: The provider is unknown or the file cannot be loaded.
    """
    available = onnxruntime.get_available_providers()
    unknown = [name for name in providers if name not in available]
    if unknown or not providers:
        problem = f"no execution provider {', '.join(unknown) or 'was named'}"
        fix = f"available here: {', '.join(available)}"
        raise ModelError(path, problem, fix)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    # Waiting threads must sleep: many feeds share few cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=list(providers)
        )
    except (OSError, *LOAD_ERRORS) as error:
        problem = f"is no network onnxruntime can load: {first_line(error)}"
        raise ModelError(path, problem, "restore the file") from error


def first_line(error: BaseException) -> str:
    """The start of an error's text, for a message of one line."""
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else "?"
