"""The names of languages in themselves.

Babel has them in one file a language: reading all of these takes a second and 138 MB of memory. A test compares this
list with Babel's.
"""

from __future__ import annotations

from collections.abc import Mapping

_LINES = """
aa Qafar|ab Аԥсшәа|af Afrikaans|agq Aghem|ak Akan|am አማርኛ|an aragonés|ann Obolo|ar العربية
arn Mapudungun|as অসমীয়া|asa Kipare|ast asturianu|az azərbaycan|ba башҡорт теле|bal بلۆچی|bas Ɓàsàa
be беларуская|bem Ichibemba|bew Betawi|bez Hibena|bg български|bgc हरियाणवी|bgn بلوچی (رخشانی)
bho भोजपुरी|blo anii kagɩja|blt ꪼꪕꪒꪾ|bm bamanakan|bn বাংলা|bo བོད་སྐད་|br brezhoneg|brx बर’
bs bosanski|bss Akoose|byn ብሊን|ca català|cad Caddo|cch Atsam|ccp 𑄌𑄋𑄴𑄟𑄳𑄦|ce нохчийн|ceb Cebuano
cgg Rukiga|cho Chahta|chr ᏣᎳᎩ|cic Chikashshanompaʼ|ckb کوردیی ناوەندی|co corsu|cs čeština
csw ᓀᐦᐃᓇᐍᐏᐣ|cu церковнослове́нскїй|cv чӑваш|cy Cymraeg|da dansk|dav Kitaita|de Deutsch
dje Zarmaciine|doi डोगरी|dsb dolnoserbšćina|dua duálá|dv ދިވެހިބަސް|dyo joola|dz རྫོང་ཁ|ebu Kĩembu
ee eʋegbe|el Ελληνικά|en English|eo Esperanto|es español|et eesti|eu euskara|ewo ewondo|fa فارسی
ff Pulaar|fi suomi|fil Filipino|fo føroyskt|fr français|frr Nordfriisk|fur furlan|fy Frysk
ga Gaeilge|gaa Gã|gd Gàidhlig|gez ግዕዝኛ|gl galego|gn avañe’ẽ|gsw Schwiizertüütsch|gu ગુજરાતી
guz Ekegusii|gv Gaelg|ha Hausa|haw ʻŌlelo Hawaiʻi|he עברית|hi हिन्दी|hnj 𞄀𞄄𞄰𞄩𞄍𞄜𞄰|hr hrvatski
hsb hornjoserbšćina|ht Kreyòl Ayisyen|hu magyar|hy հայերեն|ia interlingua|id Indonesia
ie Interlingue|ig Igbo|ii ꆈꌠꉙ|io Ido|is íslenska|it italiano|iu ᐃᓄᒃᑎᑐᑦ|ja 日本語|jbo la .lojban.
jgo Ndaꞌa|jmc Kimachame|jv Jawa|ka ქართული|kaa қарақалпақша|kab Taqbaylit|kaj Kaje|kam Kikamba
kcg Katab|kde Chimakonde|kea kabuverdianu|ken Kɛnyaŋ|kgp kanhgág|khq Koyra ciini|ki Gikuyu
kk қазақ тілі|kkj kakɔ|kl kalaallisut|kln Kalenjin|km ខ្មែរ|kn ಕನ್ನಡ|ko 한국어|kok कोंकणी|kpe Kpɛlɛɛ
ks کٲشُر|ksb Kishambaa|ksf rikpa|ksh Kölsch|ku kurdî (kurmancî)|kw kernewek|kxv kuvi|ky кыргызча
la Latina|lag Kɨlaangi|lb Lëtzebuergesch|lg Luganda|lij ligure|lkt Lakȟólʼiyapi|lmo Lombard
ln lingála|lo ລາວ|lrc لۊری شومالی|lt lietuvių|ltg latgalīšu|lu Tshiluba|luo Dholuo|luy Luluhia
lv latviešu|mai मैथिली|mas Maa|mdf мокшень кяль|mer Kĩmĩrũ|mfe kreol morisien|mg Malagasy|mgh Makua
mgo metaʼ|mi Māori|mic Lʼnuiʼsuti|mk македонски|ml മലയാളം|mn монгол|mni মৈতৈলোন্|moh Kanienʼkéha
mr मराठी|ms Melayu|mt Malti|mua MUNDAŊ|mus Mvskoke|my မြန်မာ|myv эрзянь кель|mzn مازرونی
naq Khoekhoegowab|nb norsk bokmål|nd isiNdebele|nds Neddersass’sch|ne नेपाली|nl Nederlands
nmg Kwasio|nn norsk nynorsk|nnh Shwóŋò ngiembɔɔn|no norsk|nqo ߒߞߏ|nr isiNdebele|nso Sesotho sa Leboa
nus Thok Nath|nv Diné Bizaad|ny Nyanja|nyn Runyankore|oc occitan|om Oromoo|or ଓଡ଼ିଆ|os ирон
osa 𐓏𐓘𐓻𐓘𐓻𐓟|pa ਪੰਜਾਬੀ|pap Papiamentu|pcm Naijíriá Píjin|pis Pijin|pl polski|prg prūsiskan|ps پښتو
pt português|qu Runasimi|quc Kʼicheʼ|raj राजस्थानी|rhg 𐴌𐴗𐴥𐴝𐴙𐴚𐴒𐴙𐴝|rif Tarifit|rm rumantsch
rn Ikirundi|ro română|rof Kihorombo|ru русский|rw Ikinyarwanda|rwk Kiruwa|sa संस्कृत भाषा
sah саха тыла|saq Kisampur|sat ᱥᱟᱱᱛᱟᱲᱤ|sbp Ishisangu|sc sardu|scn sicilianu|sd سنڌي|sdh کوردی خوارگ
se davvisámegiella|seh sena|ses Koyraboro senni|sg Sängö|shi ⵜⴰⵛⵍⵃⵉⵜ|shn တႆး|si සිංහල
sid Sidaamu Afo|sk slovenčina|sl slovenščina|sma Åarjelsaemien gïele|smj julevsámegiella
smn anarâškielâ|sms sääʹmǩiõll|sn chiShona|so Soomaali|sq shqip|sr српски|ss siSwati|ssy Saho
st Sesotho|su Basa Sunda|sv svenska|sw Kiswahili|syr ܣܘܪܝܝܐ|szl ślōnski|ta தமிழ்|te తెలుగు
teo Kiteso|tg тоҷикӣ|th ไทย|ti ትግርኛ|tig ትግረ|tk türkmen dili|tl Tagalog|tn Setswana|to lea fakatonga
tok toki pona|tpi Tok Pisin|tr Türkçe|trv patas Taroko|trw توروالی|ts Xitsonga|tt татар
twq Tasawaq senni|tzm Tamaziɣt n laṭlaṣ|ug ئۇيغۇرچە|uk українська|ur اردو|uz o‘zbek|vai ꕙꔤ
ve Tshivenḓa|vec veneto|vi Tiếng Việt|vmw emakhuwa|vo Volapük|vun Kyivunjo|wa walon|wae Walser
wal ወላይታቱ|wbp Warlpiri|wo Wolof|xh IsiXhosa|xnr कांगड़ी|xog Olusoga|yav nuasue|yi ייִדיש
yo Èdè Yorùbá|yrl nheẽgatu|yue 粵語|za Vahcuengh|zgh ⵜⴰⵎⴰⵣⵉⵖⵜ|zh 中文|zu isiZulu
"""

AUTONYMS: Mapping[str, str] = {
    code: name for code, _space, name in (one.partition(" ") for one in _LINES.strip().replace("\n", "|").split("|"))
}
"""BCP 47 code to the name of the language in itself, as Unicode CLDR has it."""
