"""Which language words seem to be in: a proposal to whoever wrote them, never a fact."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from consult.core.burmese import OTHERS_IN_THE_SCRIPT, is_zawgyi
from consult.core.locale import UNCODED, ZAWGYI
from consult.core.scripts import scripts_in

LETTERS_LEAST = 40
"""Letters that statistics need before they say anything; a script tells with far fewer."""
SCRIPT_LETTERS_LEAST = 6
SURE = 0.9
# The language that a script is written in by nearly everybody who uses it here, and the others that use it too.
_OF_SCRIPT = {
    "Khmr": ("km", {"brb", "krv", "tpu", "kdt", "mnw", "pi"}), "Laoo": ("lo", {"tdd", "kjg", "pi"}),
    "Mymr": ("my", {*OTHERS_IN_THE_SCRIPT, "ksw", "kac"}), "Thai": ("th", {"nod", "sou", "tts", "kdt", "mfa", "pi"}),
    "Geor": ("ka", {"xmf", "lzz", "sva"}), "Armn": ("hy", {"hyw"}), "Hang": ("ko", {"jje"}), "Sinh": ("si", {"pi"}),
    "Taml": ("ta", {"bfq", "saz"}), "Telu": ("te", {"gon"}), "Knda": ("kn", {"tcy", "kfa"}), "Mlym": ("ml", set()),
    "Gujr": ("gu", {"kfr", "vah"}), "Guru": ("pa", set()), "Orya": ("or", {"spv", "unr", "kxv"}), "Thaa": ("dv", set()),
    "Grek": ("el", {"grc"}), "Hebr": ("he", {"yi", "lad", "hbo", "jrb"}), "Tibt": ("bo", {"dz", "lbj", "sip", "adx"}),
}  # fmt: skip
# Pairs that the model confuses, or that are one language by another name: no reason to ask anybody.
_ALIKE: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "id ms jv su min ace", "hr bs sr sh", "no nb nn da", "ar arz ary apc acm aeb apd", "fa prs tg ps",
        "zh yue wuu nan hak lzh", "tl fil bcl ceb ilo hil pam war", "es gl an ext ast", "pt gl", "zu xh nd nr ss",
        "cs sk", "gn gug", "en pcm sco", "ca oc", "fr wa gcf gcr ht", "ur hi pnb sd uzs", "ku sdh ckb kmr",
        "nso st tn", "it vec lij scn", "az tr tk crh", "ru be uk", "bg mk", "kk ky ba tt", "rw rn", "ne hi mr sa",
        "de lb nds", "qu quz quy ay", "fuv ff ha", "uz uzs",
    )
)  # fmt: skip


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """The model of py3langid: 0.7 s and 80 MB once in a process, so only when somebody's words need it."""
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


def guess_by_script(text: str) -> str:
    """The language that the script of a text tells; nothing where it tells none, or the text is too short."""
    counted = scripts_in(text)
    if not counted:
        return ""
    letters = sum(counted.values())
    kana = counted["Hira"] + counted["Kana"]
    if kana and kana + counted["Hani"] > letters * 0.6 and kana * 10 >= counted["Hani"] and letters >= 6:
        return "ja"
    script, number = counted.most_common(1)[0]
    if number < SCRIPT_LETTERS_LEAST or number < letters * 0.6:
        return ""
    if script == "Hani" and not kana and number >= 10:
        return "zh"
    return _OF_SCRIPT[script][0] if script in _OF_SCRIPT else ""


def guess_language(text: str) -> str:
    """The code of the language that words seem to be in; nothing where nobody could say it with confidence.

    The script decides where one language has it nearly for itself; else a statistical model does, from `LETTERS_LEAST`
    letters and a probability of `SURE` on. Burmese in the encoding of Zawgyi is told from Burmese.
    """
    found = guess_by_script(text)
    if found:
        return ZAWGYI if found == "my" and is_zawgyi(text) else found
    words = re.sub(r"https?://\S+|\S+@\S+", " ", text)
    if sum(scripts_in(words).values()) < LETTERS_LEAST:
        return ""
    ranked = dict(_identifier().rank(words))
    best = max(ranked, key=lambda code: float(ranked[code]))
    alike = frozenset({best}).union(*(group for group in _ALIKE if best in group))
    is_sure = sum(float(ranked.get(code, 0)) for code in alike) >= SURE
    return str(best) if is_sure and best != "zxx" else ""


def proposal(text: str, language: str) -> str:
    """The language to ask the author about: clearly another one than was said; nothing where there is no doubt.

    Args:
        text: the words.
        language: the code that was said. Of a language without a code nothing is known that could contradict it,
            and of a rare one only a script that it is never written in.
    """
    if language == UNCODED:
        return ""
    said = language.partition("-")[0]
    by_script = guess_by_script(text)
    if by_script and (said == by_script or said in _others(by_script)):
        guess = ZAWGYI if by_script == said == "my" and is_zawgyi(text) else "my" if said == "my" else ""
        return guess if guess and guess != language and {guess, language} & {ZAWGYI} else ""
    guess = guess_language(text)
    other = guess.partition("-")[0]
    if not guess or other == said or any({other, said} <= group for group in _ALIKE):
        return ""
    if not by_script and said not in known_to_the_model():
        return ""  # the model takes a language that it has never seen for the nearest one that it knows
    return guess


def is_other_script(text: str, language: str) -> bool:
    """Whether words are in a script that their language is not written in, as far as the script tells a language."""
    found, said = guess_by_script(text), language.partition("-")[0]
    return bool(found) and language != UNCODED and said != found and said not in _others(found)


def _others(code: str) -> set[str]:
    return next((others for first, others in _OF_SCRIPT.values() if first == code), set())


def known_to_the_model() -> frozenset[str]:
    """The languages that the model was trained on."""
    return frozenset(_identifier().labels) | {"nb", "fil", "sh"}
