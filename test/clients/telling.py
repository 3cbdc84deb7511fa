"""How a tour is told: chapters that need nothing of each other, and steps that print one line each."""

import sys
import traceback

_steps = 0


def step(text, got, wanted=None):
    """Tells that something was done; what came back has to match what was wanted. Returns what came back."""
    _expect(got, wanted, text)
    _tell(text)
    return got


def refused(text, status, call, *args, **kwargs):
    """Tells that something was refused, with this status and a body that says why."""
    try:
        answer = call(*args, **kwargs)
    except Exception as error:
        if getattr(error, "status_code", None) != status:
            raise AssertionError(f"{text}: wanted {status}, got {error!r}") from error
        _expect(error.response, {"message": str}, text)
        _tell(f"{text}: {status}")
    else:
        raise AssertionError(f"{text}: wanted {status}, got {answer!r}")


def tell(chapters, *args):
    """Runs all chapters and ends the program, with 1 when one failed; what that one made then lies about."""
    failed = 0
    for chapter in chapters:
        print(chapter.__doc__, flush=True)
        try:
            chapter(*args)
        except Exception:
            failed += 1
            print(f"  FAILED {traceback.format_exc()}", flush=True)
    print(f"{_steps} steps in {len(chapters)} chapters, {failed} failed")
    sys.exit(1 if failed else 0)


def _tell(text):
    global _steps
    _steps += 1
    print(f"  {text}", flush=True)


def _expect(got, wanted, where):
    """A type wants such a value, an object its fields, a list all its items, a function a yes."""
    if isinstance(wanted, type):
        # To Python True is an int as well.
        right = isinstance(got, wanted) and (wanted is bool or not isinstance(got, bool))
    elif isinstance(wanted, dict):
        right = isinstance(got, dict)
        for field, value in wanted.items() if right else ():
            if field not in got:
                raise AssertionError(f"{where}: no {field} in {got!r}")
            _expect(got[field], value, f"{where}, {field}")
    elif isinstance(wanted, list):
        right = isinstance(got, list) and len(got) == len(wanted)
        for item, value in zip(got, wanted) if right else ():
            _expect(item, value, where)
    elif callable(wanted):
        right = wanted(got)
    else:
        right = wanted is None or (got == wanted and type(got) is type(wanted))
    if not right:
        raise AssertionError(f"{where}: wanted {wanted!r}, got {got!r}")
