"""What pyHanko says of the signatures in many files, in one process: its command line starts anew for each.

    signatures.py ROOT <FILES

Files are named on standard input, one a line. ROOT is the one certificate trusted; nothing is fetched, and nothing is asked
about revocation. Each line is separated by tabs:

    valid|invalid  validate|adesverify  FILE  FIELD  COVERAGE  SUMMARY    for each signature
    holds|fails    validate|adesverify  FILE  NUMBER                      for each file, NUMBER of its signatures judged

The verdicts are those of `pyhanko sign validate --no-revocation-check --trust ROOT --trust-replace FILE` and of `pyhanko sign
adesverify` with the same arguments: strict reading, limits for untrusted input, differences between revisions looked at. As
with the commands, a file without signatures holds: it has nothing to judge, which is what NUMBER is for.
"""

import asyncio
import logging
import sys
from datetime import timedelta

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.decode_limits import DecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.policy_decl import LocalKnowledge, PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec, bootstrap_validation_data_handlers
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager


def policy(root):
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[root]),
        revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
        # What the command line allows a clock.
        time_tolerance=timedelta(seconds=30),
    )


def validate(root, signature):
    """The verdict of `sign validate`: integrity, chain, and what later revisions changed."""
    handlers = bootstrap_validation_data_handlers(fetchers=None, certs=[])
    context = ValidationContext(**policy(root).build_validation_context_kwargs(ValidationTimingInfo.now(), handlers))
    return validate_pdf_signature(signature, signer_validation_context=context)


def adesverify(root, signature):
    """The verdict of `sign adesverify`: the algorithm of ETSI EN 319 102-1."""
    trusted = SignatureValidationSpec(cert_validation_policy=policy(root), local_knowledge=LocalKnowledge())
    asked = PdfSignatureValidationSpec(signature_validation_spec=trusted, diff_policy=DEFAULT_DIFF_POLICY)
    return asyncio.run(ades_lta_validation(signature, asked, timing_info=ValidationTimingInfo.now())).api_status


def say(*parts):
    print("\t".join(" ".join(str(part).split()) for part in parts), flush=True)


def judge(root, file, command):
    """Says what the command says of each signature; true if it has nothing against the file."""
    name, holds, count = command.__name__, True, 0
    try:
        with open(file, "rb") as content:
            # Read anew for each command: what one has worked out must not spare the other its work.
            reader = PdfFileReader(content, strict=True, decode_limits=DecodeLimits.for_untrusted_input())
            for signature in reader.embedded_regular_signatures:
                try:
                    status = command(root, signature)
                    good, coverage, words = status.bottom_line, status.coverage.name, status.summary()
                except SignatureValidationError as error:
                    good, coverage, words = False, "-", error
                say("valid" if good else "invalid", name, file, signature.field_name, coverage, words)
                holds, count = holds and good, count + 1
    except Exception as error:  # whatever a file makes it raise, the command refuses it
        print(f"{file}: {name}: {error!r}", file=sys.stderr)
        holds = False
    say("holds" if holds else "fails", name, file, count)
    return holds


def main():
    # Tracebacks of what it refuses are noise: the verdict is in the line.
    logging.disable(logging.CRITICAL)
    root = load_cert_from_pemder(sys.argv[1])
    files = [line.rstrip("\n") for line in sys.stdin]
    verdicts = [judge(root, file, command) for file in files for command in (validate, adesverify)]
    return 0 if verdicts and all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
