"""What segmentation and coverage must know of a language: abbreviations, sentence openers, function words.

The language of a text is the ``dct:language`` of its description, a language tag. A text in a language without a table
is segmented by punctuation alone, and none of its words counts as a function word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Language:
    """A language.

    :ivar tag: its language tag without a region; empty for a language without a table
    :ivar titles: abbreviations, written with a capital, that stand before a name: their period never ends a sentence
    :ivar particles: abbreviations, in any case, that stand before what they belong to: likewise
    :ivar numbered: abbreviations before a number: their period ends no sentence if a digit follows; else they are words
    :ivar closing: abbreviations that may also end a sentence: it does if the next word is one that opens sentences
    :ivar openers: words that, capitalised after an abbreviation or an ellipsis, open a sentence
    :ivar function_words: words, in lower case, that only connect others and may remain without evidence
    :ivar has_ordinals: whether a number with a period is an ordinal number, as in ``3. Mai``
    :ivar spaces_abbreviations: whether there is a space within abbreviations of several words, as in ``z. B.``
    :ivar spaces_quotations: whether a plain space may separate ``«`` and ``»`` from what they quote
    """

    tag: str = ""
    titles: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    openers: frozenset[str] = frozenset()
    function_words: frozenset[str] = frozenset()
    has_ordinals: bool = False
    spaces_abbreviations: bool = False
    spaces_quotations: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH: Final = Language(
    tag="en",
    titles=_words(
        "Adm Brig Capt Cmdr Col Cpl Dr Gen Gov Hon Lt Maj Messrs Mr Mrs Ms Mme Mt Prof Rep Reps Rev Sen Sens Sgt "
        "St Supt"
    ),
    particles=_words("approx ca cf eg ie v viz vs"),
    numbered=_words("art ch fig figs no nos op p para pp sec vol vols"),
    closing=_words(
        "al ave blvd bros co corp dept est etc inc jr llc ltd plc sr univ Jan Feb Mar Apr Jun Jul Aug Sep Sept "
        "Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun"
    ),
    openers=_words(
        "a after all although among an and another any as at because before both but by despite during each even "
        "finally first for former from further he her here his how however if in instead it its last later many "
        "meanwhile more moreover most no none nor not of on once one only or other others our several she since "
        "so some still such than that the their then there these they this those though through thus to two under "
        "unlike until we what when where whether which while who why with without yet you your"
    ),
    function_words=_words(
        # articles and demonstratives
        "a an the this that these those "
        # conjunctions and relative words
        "and or nor but if as than so that which who whom whose what when where while whether how "
        # prepositions of place, belonging and manner
        "about among around at between by for from in into of off on onto out over per through to under up upon "
        "via with within "
        # pronouns
        "i me my we us our you your he him his she her it its itself they them their themselves one there "
        # forms of be, have and do
        "am is are was were be been being have has had having do does did doing "
        # what an apostrophe leaves
        "s t"
    ),
)

GERMAN: Final = Language(
    tag="de",
    titles=_words("Dr Fr Frl Hr Hrn Ing Mag Prof St"),
    particles=_words("bspw bzgl bzw ca dgl evtl ggf inkl insb max mind sog u usf v vgl vs zzgl"),
    numbered=_words("abs art bd kap nr s ziff"),
    closing=_words(
        "co etc ff jh jr mio mrd sr str tsd usw Jan Febr Feb Apr Aug Sept Sep Okt Nov Dez Mo Di Mi Do Fr Sa So"
    ),
    openers=_words(
        "aber alle allerdings als am an andere auch auf aus bei beide beim bis da dabei dadurch dafür dagegen "
        "daher damit danach daneben dann daraufhin darin das dass davon dazu dem den dennoch der deren des "
        "deshalb dessen die dies diese diesem diesen dieser dieses doch dort durch ein eine einem einen einer "
        "eines er erst es etwa für gegen hier hinter ich ihr ihre im immer in indem inzwischen ist jede jeder "
        "jedes jedoch kein keine laut man mehrere mit nach nachdem neben nicht nichts noch nun nur ob obwohl oder "
        "ohne schon sein seine seit seitdem sie sind so sobald solche somit sowohl später statt trotz trotzdem "
        "über um und unter viele vom von vor wann war waren warum was weder wegen weil weitere welche wenige wenn "
        "wer werden wie wieder wir wird wo während zu zudem zuerst zuletzt zum zur zwar zwischen"
    ),
    function_words=_words(
        "der die das des dem den ein eine einem einen einer eines dieser diese dieses diesem diesen jener jene "
        "jenes und oder sowie als wie dass daß ob wenn so welcher welche welches welchem welchen wer wem wen "
        "wessen was wo deren dessen denen ab am an ans auf aufs aus bei beim bis durch für gegenüber im in ins "
        "mit mittels nach neben per pro über um unter vom von vor zu zum zur zwischen ich mich mir mein meine wir "
        "uns unser unsere du dich dir ihr ihre ihrem ihren ihrer ihres euch er ihn ihm sein seine seinem seinen "
        "seiner seines sie ihnen es sich man dort da bin bist ist sind seid war waren gewesen sei seien wäre "
        "wären habe hast hat haben hatte hatten gehabt hätte hätten wird werden wurde wurden worden geworden"
    ),
    has_ordinals=True,
    spaces_abbreviations=True,
)

FRENCH: Final = Language(
    tag="fr",
    titles=_words("Dr Drs Ing M MM Me Mes Mgr Mlle Mme Mmes Pr Prof St Ste"),
    particles=_words("c-à-d cf env ex vs"),
    numbered=_words("al art chap fig n no p pp t vol"),
    closing=_words("av bd cie etc hab janv févr juil sept oct nov déc jr sr"),
    openers=_words(
        "à alors après au aucun aucune aussi autre autres aux avant avec ce ceci cela celle celui cependant "
        "certains ces cet cette ceux chaque chez comme contre dans de depuis des dès du elle elles en enfin "
        "ensuite entre environ et face grâce il ils je jusque la le les leur leurs lors lorsque mais malgré même "
        "nous on or ou où par parce parmi pendant plus plusieurs pour pourtant puis puisque quand que quel quelle "
        "quelques qui sa sans sauf se selon ses seul si soit son sous sur tandis tous tout toute toutefois toutes "
        "un une vers vous"
    ),
    function_words=_words(
        "le la les l un une des du de d au aux ce c cet cette ces ceci cela ça et ou ni que qu qui quoi dont où "
        "lequel laquelle lesquels lesquelles duquel auquel quand comme si à dans en par pour sur sous vers chez "
        "entre avec via lors je j me m mon ma mes nous notre nos tu te t ton ta tes vous votre vos il elle ils "
        "elles on se s son sa ses leur leurs lui eux soi y suis es est sommes êtes sont étais était étaient été "
        "étant être soit fut furent ai as a avons avez ont avait avaient eu ayant avoir ait"
    ),
    spaces_quotations=True,
)

SPANISH: Final = Language(
    tag="es",
    titles=_words("D Da Dña Dr Dra Dres Gral Ing Lic Mons Prof Sr Sra Sras Sres Srta Sta Sto"),
    particles=_words("aprox cf ej p vs"),
    numbered=_words("art cap fig n núm pág págs t vol"),
    closing=_words("av avda cía etc jr ltda ud uds"),
    openers=_words(
        "a además ahora al algunas algunos ante antes aquel aquella así aun aunque cada casi como con contra cual "
        "cuando cuanto de del desde después donde durante e el ella ellas ellos en entonces entre era es esa ese "
        "eso esta este esto fue ha hace hacia hasta hay la las le lo los luego mas más mientras muchos nada ni no "
        "nos o otra otras otro otros para pero por porque pues que quien según se si sin sino sobre su sus "
        "también tampoco tanto todas todos tras un una unas uno unos varias varios y ya"
    ),
    function_words=_words(
        "el la los las lo un una unos unas al del este esta estos estas ese esa esos esas esto eso y e o u ni que "
        "quien quienes cual cuales cuyo cuya donde cuando como si a ante con de desde en entre hacia para por "
        "según sobre vía yo me mi mis nos nuestro nuestra tú te tu tus él ella ello ellos ellas se su sus le les "
        "soy es somos son era eran fue fueron sido siendo ser sea he ha han había habían habido haber haya estar "
        "está están estaba estaban"
    ),
)

LANGUAGES: Final = {language.tag: language for language in (ENGLISH, GERMAN, FRENCH, SPANISH)}
"""The languages with a table, by their tags."""


def find_language(tag: str) -> Language:
    """Return what is known of a language; a language without any words if there is no table for it.

    :param tag: a language tag, also one with a region such as ``de-AT``; an empty string stands for English
    """
    primary = tag.lower().partition("-")[0] or ENGLISH.tag
    return LANGUAGES.get(primary, Language())
