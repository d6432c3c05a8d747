"""The implementation guide of the 835 in version 005010X221A1, as a table of facts in the guide's loop names.

What does not belong here: how the table is read (``grammar``) and how a file is judged by it (``walker``). Envelope
loops are called interchange, group and transaction, the three tables of the guide header, detail and summary.

A loop:     ``LOOP loop in PARENT POSITION USAGE REPEAT | our label``
A segment:  ``LOOP ID POSITION USAGE MAXIMUM | our label``; the lines under it are its body
Its notes:  ``notes ...``, X12's syntax notes: P all or none, R at least one, E at most one, C the first asks for all
            others, L the first asks for at least one other; then two digits per element
An element: ``NN USAGE TYPE LENGTH [: CODES]``; ``NN-MM`` are several alike; a line that starts with ``:`` goes on
Another's:  ``like LOOP ID`` gives it the body of that segment

Usage is R required, S situational, N not used. Types are X12's: AN text, ID code, N0 whole number, R decimal number,
DT date, TM time; ``parts`` is a composite, whose elements follow as ``.N``. ``@name`` is a set of ``codes``. The first
element tells segments of one id apart when it is a required code; the codes of a composite's first part do the same.
"""

# source: ASC X12N 005010X221A1 as pyx12 4.0.0 reads it; PLB may repeat, as the guide says and pyx12 does not
VERSION = "005010X221A1"

GUIDE = """
interchange loop in - 0010 R >1 | one sender to one receiver
interchange ISA 0100 R 1 | interchange header
  01 R ID 2 : 00 03
  02 R AN 10
  03 R ID 2 : 00 01
  04 R AN 10
  05 R ID 2 : 01 14 20 27 28 29 30 33 ZZ
  06 R AN 15
  07 R ID 2 : 01 14 20 27 28 29 30 33 ZZ
  08 R AN 15
  09 R DT 6
  10 R TM 4
  11 R AN 1
  12 R ID 5 : 00501
  13 R N0 9
  14 R ID 1 : 0 1
  15 R ID 1 : P T
  16 R AN 1

group loop in interchange 0200 R >1 | sets of one kind and version
group GS 0100 R 1 | group header
  01 R ID 2 : HP
  02-03 R AN 2-15
  04 R DT 8
  05 R TM 4-8
  06 R N0 1-9
  07 R ID 1-2 : X
  08 R AN 1-12 : 005010X221A1

transaction loop in group 0200 R >1 | one payment and its explanation
transaction ST 0100 R 1 | transaction header
  01 R ID 3 : 835
  02 R AN 4-9
  03 N

header loop in transaction 0110 R 1 | the payment
header BPR 0200 R 1 | payment
  notes P0607 C0809 P1213 C1415 P1819 C2021
  01 R ID 1-2 : C D H I P U X
  02 R R 1-18
  03 R ID 1 : C D
  04 R ID 3 : ACH BOP CHK FWT NON
  05 S ID 1-10 : CCP CTX
  06 S ID 2 : 01 04
  07 S AN 3-12
  08 S ID 1-3 : DA
  09 S AN 1-35
  10 S AN 10
  11 S AN 9
  12 S ID 2 : 01 04
  13 S AN 3-12
  14 S ID 1-3 : DA SG
  15 S AN 1-35
  16 R DT 8
  17-21 N
header TRN 0400 R 1 | trace number of the payment
  01 R ID 1-2 : 1
  02 R AN 1-50
  03 R AN 10
  04 S AN 1-50
header CUR 0500 S 1 | currency
  notes C0807 C0907 L101112 C1110 C1210 L131415 C1413 C1513 L161718 C1716 C1816 L192021 C2019 C2119
  01 R ID 2-3 : PR
  02 R ID 3 : @currencies
  03-21 N
header REF 0600 S 1 | receiver
  notes R0203
  01 R ID 2-3 : EV
  02 R AN 1-50
  03 N
  04 N parts
header REF 0600 S 1 | version of the payer system
  notes R0203
  01 R ID 2-3 : F2
  02 R AN 1-50
  03 N
  04 N parts
header DTM 0700 S 1 | production date
  notes R020305 C0403 P0506
  01 R ID 3 : 405
  02 R DT 8
  03-06 N

1000A loop in header 0800 R 1 | payer
1000A N1 0800 R 1 | payer
  notes R0203 P0304
  01 R ID 2-3 : PR
  02 R AN 1-60
  03 S ID 1-2 : XV
  04 S AN 2-80
  05-06 N
1000A N3 1000 R 1 | street
  01 R AN 1-55
  02 S AN 1-55
1000A N4 1100 R 1 | city, state, postal code
  notes E0207 C0605 C0704
  01 R AN 2-30
  02 S ID 2 : @states
  03 S ID 3-15
  04 S ID 2-3 : @countries
  05-06 N
  07 S ID 1-3
1000A REF 1200 S 4 | further ids of the payer
  notes R0203
  01 R ID 2-3 : 2U EO HI NF
  02 R AN 1-50
  03 N
  04 N parts
1000A PER 1300 S 1 | business contact
  notes P0304 P0506 P0708
  01 R ID 2 : CX
  02 S AN 1-60
  03 S ID 2 : EM FX TE
  04 S AN 1-256
  05 S ID 2 : EM EX FX TE
  06 S AN 1-256
  07 S ID 2 : EX
  08 S AN 1-256
  09 N
1000A PER 1300 R >1 | technical contact
  notes P0304 P0506 P0708
  01 R ID 2 : BL
  02 S AN 1-60
  03 S ID 2 : EM TE UR
  04 S AN 1-256
  05 S ID 2 : EM EX FX TE UR
  06 S AN 1-256
  07 S ID 2 : EM EX FX UR
  08 S AN 1-256
  09 N
1000A PER 1300 S 1 | web site
  notes P0304 P0506 P0708
  01 R ID 2 : IC
  02 N
  03 R ID 2 : UR
  04 R AN 1-256
  05-09 N

1000B loop in header 1400 R 1 | payee
1000B N1 0800 R 1 | payee
  notes R0203 P0304
  01 R ID 2-3 : PE
  02 R AN 1-60
  03 R ID 1-2 : FI XV XX
  04 R AN 2-80
  05-06 N
1000B N3 1000 S 1 | street
  01 R AN 1-55
  02 S AN 1-55
1000B N4 1100 S 1 | city, state, postal code
  notes E0207 C0605 C0704
  01 R AN 2-30
  02 S ID 2 : @states
  03 S ID 3-15
  04 S ID 2-3 : @countries
  05-06 N
  07 S ID 1-3
1000B REF 1200 S >1 | further ids of the payee
  notes R0203
  01 R ID 2-3 : 0B D3 PQ TJ
  02 R AN 1-50
  03 N
  04 N parts
1000B RDM 1400 S 1 | how the remittance is delivered
  01 R ID 1-2 : BM EM FT OL
  02 S AN 1-60
  03 S AN 1-256
  04 N parts
  05 N parts

detail loop in transaction 0120 S >1 | the claims paid

2000 loop in detail 0030 S >1 | run of claims with one number
2000 LX 0030 R 1 | number of the run
  01 R N0 1-6
2000 TS3 0050 S 1 | totals of a facility
  01 R AN 1-50
  02 R AN 1-2
  03 R DT 8
  04 R R 1-15
  05 R R 1-18
  06-12 N
  13 S R 1-18
  14 N
  15 S R 1-18
  16 N
  17-18 S R 1-18
  19 N
  20-22 S R 1-18
  23 S R 1-15
  24 S R 1-18
2000 TS2 0070 S 1 | totals of inpatient claims
  01-06 S R 1-18
  07 S R 1-15
  08-09 S R 1-18
  10-14 S R 1-15
  15 S R 1-18
  16 S R 1-15
  17-19 S R 1-18

2100 loop in 2000 0100 R >1 | claim
2100 CLP 0100 R 1 | claim and what it was paid
  01 R AN 1-38
  02 R ID 1-2 : 1 19 2 20 21 22 23 25 3 4
  03-04 R R 1-18
  05 S R 1-18
  06 R ID 1-2 : 12 13 14 15 16 17 AM CH DS HM LM MA MB MC OF TV VA WC ZZ
  07 R AN 1-50
  08 S AN 1-2
  09 S ID 1
  10 N
  11 S ID 1-4
  12 S R 1-15
  13 S R 1-10
  14 N
2100 CAS 0200 S 99 | claim adjustments
  notes L050607 C0605 C0705 L080910 C0908 C1008 L111213 C1211 C1311 L141516 C1514 C1614 L171819 C1817 C1917
  01 R ID 1-2 : CO OA PI PR
  02 R ID 1-5
  03 R R 1-18
  04 S R 1-15
  05 S ID 1-5
  06 S R 1-18
  07 S R 1-15
  08 S ID 1-5
  09 S R 1-18
  10 S R 1-15
  11 S ID 1-5
  12 S R 1-18
  13 S R 1-15
  14 S ID 1-5
  15 S R 1-18
  16 S R 1-15
  17 S ID 1-5
  18 S R 1-18
  19 S R 1-15
2100 NM1 0300 R 1 | patient
  notes P0809 C1110 C1203
  01 R ID 2-3 : QC
  02 R ID 1 : 1
  03 S AN 1-60
  04 S AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 S ID 1-2 : 34 HN II MI MR
  09 S AN 2-80
  10-12 N
2100 NM1 0300 S 1 | insured
  notes P0809 C1110 C1203
  01 R ID 2-3 : IL
  02 R ID 1 : 1 2
  03 S AN 1-60
  04 S AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 R ID 1-2 : FI II MI
  09 R AN 2-80
  10-12 N
2100 NM1 0300 S 1 | corrected patient or insured
  notes P0809 C1110 C1203
  01 R ID 2-3 : 74
  02 R ID 1 : 1 2
  03 S AN 1-60
  04 S AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 S ID 1-2 : C
  09 S AN 2-80
  10-12 N
2100 NM1 0300 S 1 | rendering provider
  notes P0809 C1110 C1203
  01 R ID 2-3 : 82
  02 R ID 1 : 1 2
  03 S AN 1-60
  04 S AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 R ID 1-2 : BD BS FI MC PC SL UP XX
  09 R AN 2-80
  10-12 N
2100 NM1 0300 S 1 | crossover carrier
  notes P0809 C1110 C1203
  01 R ID 2-3 : TT
  02 R ID 1 : 2
  03 R AN 1-60
  04-07 N
  08 R ID 1-2 : AD FI NI PI PP XV
  09 R AN 2-80
  10-12 N
2100 NM1 0300 S 1 | corrected priority payer
  notes P0809 C1110 C1203
  01 R ID 2-3 : PR
  02 R ID 1 : 2
  03 R AN 1-60
  04-07 N
  08 R ID 1-2 : AD FI NI PI PP XV
  09 R AN 2-80
  10-12 N
2100 NM1 0300 S 1 | other subscriber
  notes P0809 C1110 C1203
  01 R ID 2-3 : GB
  02 R ID 1 : 1 2
  03 S AN 1-60
  04 S AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 S ID 1-2 : FI II MI
  09 S AN 2-80
  10-12 N
2100 MIA 0330 S 1 | inpatient adjudication
  01 R R 1-15
  02 S R 1-18
  03 S R 1-15
  04 S R 1-18
  05 S AN 1-50 : @remarks
  06-14 S R 1-18
  15 S R 1-15
  16-19 S R 1-18
  20-23 S AN 1-50 : @remarks
  24 S R 1-18
2100 MOA 0350 S 1 | outpatient adjudication
  01 S R 1-10
  02 S R 1-18
  03-07 S AN 1-50 : @remarks
  08-09 S R 1-18
2100 REF 0400 S 5 | further ids of the claim
  notes R0203
  01 R ID 2-3 : 1L 1W 28 6P 9A 9C BB CE EA F8 G1 G3 IG SY
  02 R AN 1-50
  03 N
  04 N parts
2100 REF 0400 S 10 | ids of the rendering provider
  notes R0203
  01 R ID 2-3 : 0B 1A 1B 1C 1D 1G 1H 1J D3 G2 LU
  02 R AN 1-50
  03 N
  04 N parts
2100 DTM 0500 S 2 | statement period
  notes R020305 C0403 P0506
  01 R ID 3 : 232 233
  02 R DT 8
  03-06 N
2100 DTM 0500 S 1 | end of coverage
  notes R020305 C0403 P0506
  01 R ID 3 : 036
  02 R DT 8
  03-06 N
2100 DTM 0500 S 1 | claim received
  notes R020305 C0403 P0506
  01 R ID 3 : 050
  02 R DT 8
  03-06 N
2100 PER 0600 S 2 | claim contact
  notes P0304 P0506 P0708
  01 R ID 2 : CX
  02 S AN 1-60
  03 R ID 2 : EM FX TE
  04 R AN 1-256
  05 S ID 2 : EM EX FX TE
  06 S AN 1-256
  07 S ID 2 : EX
  08 S AN 1-256
  09 N
2100 AMT 0620 S 13 | further amounts of the claim
  01 R ID 1-3 : AU D8 DY F5 I NL T T2 ZK ZL ZM ZN ZO
  02 R R 1-18
  03 N
2100 QTY 0640 S 14 | further quantities of the claim
  notes E0204 R0204
  01 R ID 2 : CA CD LA LE NE NR OU PS VS ZK ZL ZM ZN ZO
  02 R R 1-15
  03 N parts
  04 N

2110 loop in 2100 0700 S 999 | service line
2110 SVC 0700 R 1 | service and what it was paid
  01 R parts
    .1 R ID 2 : AD ER HC HP IV N4 N6 NU UI WK
    .2 R AN 1-48
    .3-.6 S AN 2
    .7-.8 N
  02-03 R R 1-18
  04 S AN 1-48
  05 S R 1-15
  06 S parts
    .1 R ID 2 : AD ER HC HP IV N4 NU WK
    .2 R AN 1-48
    .3-.6 S AN 2
    .7 S AN 1-80
    .8 N
  07 S R 1-15
2110 DTM 0800 S 2 | service dates
  notes R020305 C0403 P0506
  01 R ID 3 : 150 151 472
  02 R DT 8
  03-06 N
2110 CAS 0900 S 99 | line adjustments
  like 2100 CAS
2110 REF 1000 S 8 | further ids of the service
  notes R0203
  01 R ID 2-3 : 1S APC BB E9 G1 G3 LU RB
  02 R AN 1-50
  03 N
  04 N parts
2110 REF 1000 S 1 | line control number
  notes R0203
  01 R ID 2-3 : 6R
  02 R AN 1-50
  03 N
  04 N parts
2110 REF 1000 S 10 | ids of the rendering provider of the line
  notes R0203
  01 R ID 2-3 : 0B 1A 1B 1C 1D 1G 1H 1J D3 G2 HPI SY TJ
  02 R AN 1-50
  03 N
  04 N parts
2110 REF 1000 S 5 | policy that was applied
  notes R0203
  01 R ID 2-3 : 0K
  02 R AN 1-50
  03 N
  04 N parts
2110 AMT 1100 S 9 | further amounts of the line
  01 R ID 1-3 : B6 KH T T2 ZK ZL ZM ZN ZO
  02 R R 1-18
  03 N
2110 QTY 1200 S 6 | further quantities of the line
  notes E0204 R0204
  01 R ID 2 : ZK ZL ZM ZN ZO
  02 R R 1-15
  03 N parts
  04 N
2110 LQ 1300 S 99 | remark
  notes C0102
  01 R ID 1-3 : HE RX
  02 R AN 1-30

summary loop in transaction 0130 S >1 | adjustments of the provider
summary PLB 0100 S >1 | provider adjustments
  notes P0506 P0708 P0910 P1112 P1314
  01 R AN 1-50
  02 R DT 8
  03 R parts
    .1 R ID 2 : 50 51 72 90 AH AM AP B2 B3 BD BN C5 CR CS CT CV CW DM E3 FB FC GO HM IP IR IS J1 L3 L6 LE LS OA
      : OB PI PL RA RE SL TL WO WU
    .2 S AN 1-50
  04 R R 1-18
  05 S parts
    .1 R ID 2
    .2 S AN 1-50
  06 S R 1-18
  07 S parts
    .1 R ID 2
    .2 S AN 1-50
  08 S R 1-18
  09 S parts
    .1 R ID 2
    .2 S AN 1-50
  10 S R 1-18
  11 S parts
    .1 R ID 2
    .2 S AN 1-50
  12 S R 1-18
  13 S parts
    .1 R ID 2
    .2 S AN 1-50
  14 S R 1-18
transaction SE 0200 R 1 | transaction trailer
  01 R N0 1-10
  02 R AN 4-9
group GE 0300 R 1 | group trailer
  01 R N0 1-6
  02 R N0 1-9
interchange TA1 0200 S 1 | interchange acknowledgement
  01 R N0 9
  02 R DT 6
  03 R TM 4
  04 R ID 1 : A E R
  05 R ID 3 : 000 001 002 003 004 005 006 007 008 009 010 011 012 013 014 015 016 017 018 019 020 021 022 023
    : 024 025 026 027 028 029 030 031
interchange IEA 0300 R 1 | interchange trailer
  01 R N0 1-5
  02 R N0 9
"""
