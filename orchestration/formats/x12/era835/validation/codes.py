"""Code sets the guide refers to by name: which values exist, never what their owners' texts say.

Each set holds retired values beside current ones, because a remittance may be read years after it was written. What
does not belong here: the short lists that stand in the guide itself (``guide_5010``, ``guide_4010``) and what an
adjustment code means for the books (``denials``, the seed ``adjustment_codes``).
"""

from __future__ import annotations

from functools import cache

# USPS publication 28: states, territories, armed forces; Canada's provinces by their postal and older symbols
_STATES = """
AA AB AE AK AL AP AR AS AZ BC CA CO CT DC DE FL FM GA GU HI IA ID IL IN KS KY LA MA MB MD ME MH MI MN MO MP MS MT NB NC
ND NE NF NH NJ NL NM NS NT NU NV NY OH OK ON OR PA PE PQ PR QC RI SC SD SK TN TX UT VA VI VT WA WI WV WY YT
"""

# ISO 3166-1 alpha-2, and AN CS FX TP YU ZR, which it has withdrawn
_COUNTRIES = """
AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CS CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR FX GA GB
GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX
MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE
SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TP TR TT TV TW TZ UA UG UM US UY UZ VA
VC VE VG VI VN VU WF WS YE YT YU ZA ZM ZR ZW
"""

# ISO 4217, and the ones the euro and reforms have replaced
_CURRENCIES = """
ADP AED AFA AFN ALL AMD ANG AOA AOK ARA ARS ATS AUD AWG AZN BAM BBD BDT BEF BGL BGN BHD BIF BMD BND BOB BRC BRL BSD BTN
BUK BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CSK CUP CVE CYP CZK DDM DEM DJF DKK DOP DZD ECS EGP ERN ESP ETB EUR FIM
FJD FKP FRF GBP GEL GHC GHS GIP GMD GNF GRD GTQ GWP GYD HKD HNL HRK HTG HUF IDR IEP ILS INR IQD IRR ISK ITL JMD JOD JPY
KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LUF LVL LYD MAD MDL MGA MGF MKD MMK MNT MOP MRO MRU MTL MUR
MVR MWK MXN MXP MYR MZM MZN NAD NGN NIC NIO NLG NOK NPR NZD OMR PAB PEI PEN PGK PHP PKR PLN PLZ PTE PYG QAR ROL RON RSD
RUB RWF SAR SBD SCR SDG SDP SEK SGD SHP SLE SLL SOS SRD SRG SSP STD STN SUR SVC SYP SZL THB TJS TMT TND TOP TPE TRL TRY
TTD TWD TZS UAH UGS UGX USD UYP UYU UZS VEB VES VND VUV WST XAF XCD XOF XPF YDD YER YUD ZAR ZMK ZMW ZRZ ZWD ZWL
"""

# numbers of MA remarks that were never given or given back before 2014
_MA_NEVER = frozenset({12, 15, 20, 21, 22, 23, 24, 26, 27, 28, 39, 46, 91, 127})
_LAST_M, _LAST_MA = 144, 134
# alerts and remarks are numbered upwards as they are approved, three times a year; three digits is their form
_LAST_N = 999

# claim status codes (X12 code source 508) of up to two digits: the guide of 4010 is applied with them by pyx12
_CLAIM_STATUS_GAPS = frozenset({36, 43, 58, 62, 63, 74, 75, 76, 77, 79, 80, 82})
_CLAIM_STATUS_END = 100


def _claim_statuses() -> frozenset[str]:
    return frozenset(str(number) for number in range(_CLAIM_STATUS_END) if number not in _CLAIM_STATUS_GAPS)


def _remarks() -> frozenset[str]:
    """Return every remittance advice remark code: M1 to M144, MA01 to MA134, and N from 1 on."""
    return frozenset(
        [f"M{number}" for number in range(1, _LAST_M + 1)]
        + [f"MA{number:02d}" for number in range(1, _LAST_MA + 1) if number not in _MA_NEVER]
        + [f"N{number}" for number in range(1, _LAST_N + 1)]
    )


@cache
def code_set(name: str) -> frozenset[str]:
    """Return the values of a named set: ``states``, ``countries``, ``currencies``, ``remarks``, ``claim_statuses``.

    Raises:
        KeyError: there is no such set.
    """
    if name == "remarks":
        return _remarks()
    if name == "claim_statuses":
        return _claim_statuses()
    return frozenset({"states": _STATES, "countries": _COUNTRIES, "currencies": _CURRENCIES}[name].split())
