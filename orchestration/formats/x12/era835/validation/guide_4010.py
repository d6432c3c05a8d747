"""The implementation guide of the 835 in version 004010X091A1, as a table of facts; its form is that of ``guide_5010``.

Replaced by 005010X221A1 in 2012, and still sent by a few payers. What does not belong here: how the table is read.
"""

# source: ASC X12N 004010X091A1 as pyx12 4.0.0 reads it, which applies no syntax notes in this version
VERSION = "004010X091A1"

GUIDE = """
interchange loop in - 0001 R >1 | one sender to one receiver
interchange ISA 0010 R 1 | interchange header
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
  11 R ID 1 : U
  12 R ID 5 : 00401
  13 R N0 9
  14 R ID 1 : 0 1
  15 R ID 1 : P T
  16 R AN 1

group loop in interchange 0020 R >1 | sets of one kind and version
group GS 0010 R 1 | group header
  01 R ID 2 : HP
  02-03 R AN 2-15
  04 R DT 8
  05 R TM 4-8
  06 R N0 1-9
  07 R ID 1-2 : X
  08 R AN 1-12 : 004010X091A1

transaction loop in group 0020 R >1 | one payment and its explanation
transaction ST 0010 R 1 | transaction header
  01 R ID 3 : 835
  02 R AN 4-9

header loop in transaction 0015 R 1 | the payment
header BPR 0020 R 1 | payment
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
header TRN 0040 R 1 | trace number of the payment
  01 R ID 1-2 : 1
  02 R AN 1-50
  03 R AN 10
  04 S AN 1-50
header CUR 0050 S 1 | currency
  01 R ID 2-3 : PR
  02 R ID 3
  03 S R 4-10
  04-21 N
header REF 0060 S 1 | receiver
  01 R ID 2-3 : EV
  02 R AN 1-50
  03 N
  04 N parts
header REF 0060 S 1 | version of the payer system
  01 R ID 2-3 : F2
  02 R AN 1-50
  03 N
  04 N parts
header DTM 0070 S 1 | production date
  01 R ID 3 : 405
  02 R DT 8
  03-06 N

1000A loop in header 0080 R 1 | payer
1000A N1 0080 R 1 | payer
  01 R ID 2-3 : PR
  02 S AN 1-60
  03 S ID 1-2 : XV
  04 S AN 2-80
  05-06 N
1000A N3 0100 R 1 | street
  01 R AN 1-55
  02 S AN 1-55
1000A N4 0110 R 1 | city, state, postal code
  01 R AN 2-30
  02 R ID 2 : @states
  03 R ID 3-15
  04-06 N
1000A REF 0120 S 4 | further ids of the payer
  01 R ID 2-3 : 2U EO HI NF
  02 R AN 1-50
  03 N
  04 N parts
1000A PER 0130 S 1 | business contact
  01 R ID 2 : CX
  02 S AN 1-60
  03 S ID 2 : EM FX TE
  04 S AN 1-256
  05 S ID 2 : EM EX FX TE
  06 S AN 1-256
  07 S ID 2 : EX
  08 S AN 1-256
  09 N

1000B loop in header 0080 R 1 | payee
1000B N1 0080 R 1 | payee
  01 R ID 2-3 : PE
  02 S AN 1-60
  03 R ID 1-2 : FI XX
  04 R AN 2-80
  05-06 N
1000B N3 0100 S 1 | street
  01 R AN 1-55
  02 S AN 1-55
1000B N4 0110 S 1 | city, state, postal code
  01 R AN 2-30
  02 R ID 2 : @states
  03 R ID 3-15
  04 S ID 2-3 : @countries
  05-06 N
1000B REF 0120 S >1 | further ids of the payee
  01 R ID 2-3 : 0B 1A 1B 1C 1D 1E 1F 1G 1H D3 G2 N5 PQ TJ
  02 R AN 1-50
  03 N
  04 N parts

detail loop in transaction 0020 S >1 | the claims paid

2000 loop in detail 0003 S >1 | run of claims with one number
2000 LX 0003 R 1 | number of the run
  01 R N0 1-6
2000 TS3 0005 S 1 | totals of a facility
  01 R AN 1-50
  02 R AN 1-2
  03 R DT 8
  04 R R 1-15
  05 R R 1-18
  06-22 S R 1-18
  23 S R 1-15
  24 S R 1-18
2000 TS2 0007 S 1 | totals of inpatient claims
  01-06 S R 1-18
  07 S R 1-15
  08-09 S R 1-18
  10-14 S R 1-15
  15 S R 1-18
  16 S R 1-15
  17-19 S R 1-18

2100 loop in 2000 0010 R >1 | claim
2100 CLP 0010 R 1 | claim and what it was paid
  01 R AN 1-38
  02 R ID 1-2 : @claim_statuses
  03-04 R R 1-18
  05 S R 1-18
  06 R ID 1-2 : 12 13 14 15 16 AM CH DS HM LM MA MB MC OF TV VA WC ZZ
  07 S AN 1-50
  08 S AN 1-2
  09 S ID 1 : 0 1 2 3 4 5 6 7 8 9 A B C D E F G H I J K L M N O X Y Z
  10 N
  11 S ID 1-4
  12 S R 1-15
  13 S R 1-10
2100 CAS 0020 S 99 | claim adjustments
  01 R ID 1-2 : CO CR OA PI PR
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
2100 NM1 0030 R 1 | patient
  01 R ID 2-3 : QC
  02 R ID 1 : 1
  03 R AN 1-60
  04 R AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 S ID 1-2 : 34 HN II MI MR
  09 S AN 2-80
  10-11 N
2100 NM1 0030 S 1 | insured
  01 R ID 2-3 : IL
  02 R ID 1 : 1 2
  03 S AN 1-60
  04 S AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 R ID 1-2 : 34 HN MI
  09 R AN 2-80
  10-11 N
2100 NM1 0030 S 1 | corrected patient or insured
  01 R ID 2-3 : 74
  02 R ID 1 : 1 2
  03 S AN 1-60
  04 S AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 S ID 1-2 : C
  09 S AN 2-80
  10-11 N
2100 NM1 0030 S 1 | rendering provider
  01 R ID 2-3 : 82
  02 R ID 1 : 1 2
  03 S AN 1-60
  04 S AN 1-35
  05 S AN 1-25
  06 N
  07 S AN 1-10
  08 R ID 1-2 : BD BS FI MC PC SL UP XX
  09 R AN 2-80
  10-11 N
2100 NM1 0030 S 1 | crossover carrier
  01 R ID 2-3 : TT
  02 R ID 1 : 2
  03 R AN 1-60
  04-07 N
  08 R ID 1-2 : AD FI NI PI PP XV
  09 R AN 2-80
  10-11 N
2100 NM1 0030 S 2 | corrected priority payer
  01 R ID 2-3 : PR
  02 R ID 1 : 2
  03 R AN 1-60
  04-07 N
  08 R ID 1-2 : AD FI NI PI PP XV
  09 R AN 2-80
  10-11 N
2100 MIA 0033 S 1 | inpatient adjudication
  01 R R 1-15
  02-03 S R 1-15
  04 S R 1-18
  05 S AN 1-50 : @remarks
  06-14 S R 1-18
  15 S R 1-15
  16-19 S R 1-18
  20-23 S AN 1-50 : @remarks
  24 S R 1-18
2100 MOA 0035 S 1 | outpatient adjudication
  01 S R 1-10
  02 S R 1-18
  03-07 S AN 1-50 : @remarks
  08-09 S R 1-18
2100 REF 0040 S 5 | further ids of the claim
  01 R ID 2-3 : 1L 1W 9A 9C A6 BB CE EA F8 G1 G3 IG SY
  02 R AN 1-50
  03 N
  04 N parts
2100 REF 0040 S 10 | ids of the rendering provider
  01 R ID 2-3 : 1A 1B 1C 1D 1G 1H D3 G2
  02 R AN 1-50
  03 N
  04 N parts
2100 DTM 0050 S 4 | dates of the claim
  01 R ID 3 : 036 050 232 233
  02 R DT 8
  03-06 N
2100 PER 0060 S 3 | claim contact
  01 R ID 2 : CX
  02 S AN 1-60
  03 S ID 2 : EM FX TE
  04 S AN 1-256
  05 S ID 2 : EM EX FX TE
  06 S AN 1-256
  07 S ID 2 : EX
  08 S AN 1-256
  09 N
2100 AMT 0062 S 14 | further amounts of the claim
  01 R ID 1-3 : AU D8 DY F5 I NL T T2 ZK ZL ZM ZN ZO ZZ
  02 R R 1-18
  03 N
2100 QTY 0064 S 15 | further quantities of the claim
  01 R ID 2 : CA CD LA LE NA NE NR OU PS VS ZK ZL ZM ZN ZO
  02 R R 1-15
  03 N parts
  04 N

2110 loop in 2100 0070 S 999 | service line
2110 SVC 0070 R 1 | service and what it was paid
  01 R parts
    .1 R ID 2 : AD ER HC ID IV N4 NU RB ZZ
    .2 R AN 1-48
    .3-.6 S AN 2
    .7 S AN 1-80
  02-03 R R 1-18
  04 S AN 1-48
  05 S R 1-15
  06 S parts
    .1 R ID 2 : AD ER HC ID IV N4 NU RB ZZ
    .2 R AN 1-48
    .3-.6 S AN 2
    .7 S AN 1-80
  07 S R 1-15
2110 DTM 0080 S 3 | service dates
  01 R ID 3 : 150 151 472
  02 R DT 8
  03-06 N
2110 CAS 0090 S 99 | line adjustments
  like 2100 CAS
2110 REF 0100 S 7 | further ids of the service
  01 R ID 2-3 : 1S 6R BB E9 G1 G3 LU RB
  02 R AN 1-50
  03 N
  04 N parts
2110 REF 0100 S 10 | ids of the rendering provider of the line
  01 R ID 2-3 : 1A 1B 1C 1D 1G 1H 1J HPI SY TJ
  02 R AN 1-50
  03 N
  04 N parts
2110 AMT 0110 S 12 | further amounts of the line
  01 R ID 1-3 : B6 DY KH NE T T2 ZK ZL ZM ZN ZO
  02 R R 1-18
  03 N
2110 QTY 0120 S 6 | further quantities of the line
  01 R ID 2 : NE ZK ZL ZM ZN ZO
  02 R R 1-15
  03 N parts
  04 N
2110 LQ 0130 S 99 | remark
  01 R ID 1-3 : HE RX
  02 R AN 1-30

summary loop in transaction 0030 S >1 | adjustments of the provider
summary PLB 0010 S >1 | provider adjustments
  01 R AN 1-50
  02 R DT 8
  03 R parts
    .1 R ID 2
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
transaction SE 0050 R 1 | transaction trailer
  01 R N0 1-10
  02 R AN 4-9
group GE 0030 R 1 | group trailer
  01 R N0 1-6
  02 R N0 1-9
interchange TA1 0020 S 1 | interchange acknowledgement
  01 R N0 9
  02 R DT 6
  03 R TM 4
  04 R ID 1 : A E R
  05 R ID 3 : 000 001 002 003 004 005 006 007 008 009 010 011 012 013 014 015 016 017 018 019 020 021 022 023
    : 024 025 026 027 028 029 030 031
interchange IEA 0030 R 1 | interchange trailer
  01 R N0 1-5
  02 R N0 9
"""
