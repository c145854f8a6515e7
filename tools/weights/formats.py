"""Golden cases computed again from other weights: those that a format leaves of the frozen matrices.

    python tools/weights/formats.py GOLDEN_DIR CASES_DIR OUT_DIR

GOLDEN_DIR holds oracle.py, the program that wrote the golden cases. CASES_DIR holds folders of cases whose model/model.safetensors was changed; each is
computed by oracle.py with these weights and written to OUT_DIR. tools/weights/formats.mjs makes the folders, and runs the engine on the original weights.
"""
import json, os, sys
from safetensors.torch import load_file


def main(golden, cases, out):
    sys.path.insert(0, golden)
    import oracle
    drawn = oracle.make_model
    for name in sorted(os.listdir(cases)):
        case = json.load(open(os.path.join(cases, name, "case.json")))

        def make_model(*given):
            # Drawn first, so that what is drawn after it is as it was.
            model = drawn(*given)
            values = load_file(os.path.join(cases, name, "model", "model.safetensors"))
            missing, unexpected = model.load_state_dict({key: value.double() for key, value in values.items()}, strict=False)
            assert not unexpected and all("lm_head" in key or "position_ids" in key for key in missing), (name, missing, unexpected)
            model.tie_weights()
            return model

        oracle.make_model = make_model
        oracle.run(case, out)


if __name__ == "__main__":
    if len(sys.argv) != 4: sys.exit("formats.py needs GOLDEN_DIR CASES_DIR OUT_DIR")
    main(*sys.argv[1:])
