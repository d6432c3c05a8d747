"""Which adjustments deny: group code and claim adjustment reason code, never the claim status (CLP02).

The classes are our own words; the official texts belong to X12. The lake has the same table as a seed, and a test
holds them together; it stands here for ``inspect``, which judges a file without a lake. What does not belong here:
payer deviations (data).
"""

from __future__ import annotations

from typing import Final

# why a denial code was used, by claim adjustment reason code
DENIAL_CLASSES: Final[dict[str, str]] = {
    code: name
    for name, codes in {
        "coordination": "22 109 129 19 20 21 100 136 201 215 229 254 270 274 275 276 280 297 300 B9",
        "eligibility": "26 27 31 32 33 177 200 13 14 34 140 141 166 179 180 224 238 257 258 277",
        "authorization": (
            "197 198 15 242 243 38 39 61 95 147 170 171 172 183 184 185 206 207 208 210 279 283 284 287 "
            "288 296 299 302 B7 B23"
        ),
        "coding": (
            "97 4 11 5 236 231 B10 B15 234 6 7 8 9 10 12 54 58 60 108 110 115 128 135 146 181 182 186 "
            "189 190 194 199 203 239 240 267 268 282 A8 B14 B16 B20 B22"
        ),
        "medical_necessity": (
            "50 55 56 150 151 226 227 252 16 40 107 112 114 116 148 152 153 154 163 164 173 174 175 176 "
            "193 216 219 228 233 249 250 251 261 272 A1 A6 B8 B12"
        ),
        "timely": "29 138 285 286 B4",
        "duplicate": "18 B13",
        "non_covered": (
            "96 204 119 49 167 256 35 51 53 78 111 117 149 155 157 158 159 160 169 188 202 211 212 213 269 273 B1"
        ),
    }.items()
    for code in codes.split()
}
# a reversal, claims processed and forwarded to another payer, and a predetermination deny nothing
STATUS_WITHOUT_DENIAL: Final = frozenset({"19", "20", "21", "22", "23", "25"})


def denies(group_code: str | None, reason_code: str | None) -> bool:
    """Tell whether an adjustment that leaves nothing paid is a denial, in any group (4010 has CR besides)."""
    return bool(group_code) and reason_code in DENIAL_CLASSES
