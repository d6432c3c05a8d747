{{ config(materialized='view') }}

-- One row per HL7 charge that names no payer and whose patient has, by another message of the same facility, a coverage
-- that pays first and is valid on the day of service: whose it is, and how many payers have one. Which message landed first
-- is no matter.

with transactions as (
    select * from {{ ref('stg_hl7__transactions') }}
    where transaction_type = 'CHARGE'
),

charges as (
    select
        transactions.file_id,
        transactions.line_number,
        transactions.profile,
        transactions.reversed_transaction_id,
        transactions.service_date,
        patients.patient_id,
        coalesce(patients.sending_facility, '') as sending_facility
    from transactions
    inner join {{ ref('stg_hl7__transaction_patients') }} as patients
        on transactions.file_id = patients.file_id and transactions.line_number = patients.line_number
    where transactions.payer_id is null and transactions.payer_name is null
),

coverages as (
    select
        *,
        coalesce(sending_facility, '') as facility
    from {{ ref('stg_hl7__coverages') }}
    where test_hold_reason is null and (payer_id is not null or payer_name is not null)
),

-- what was said last of a patient's plan counts
said as (
    select
        charges.file_id,
        charges.line_number,
        charges.service_date,
        coverages.coverage_number,
        coverages.payer_id,
        coverages.payer_name,
        coverages.effective_date,
        coverages.expiration_date,
        row_number() over (
            partition by
                charges.file_id, charges.line_number, coverages.payer_id, coverages.payer_name, coverages.plan_id
            order by coverages.effective_date desc nulls last, coverages.file_id desc, coverages.line_number desc
        ) as version_number
    from charges
    inner join coverages
        on charges.patient_id = coverages.patient_id
        and charges.sending_facility = coverages.facility
)

-- without its first day nobody can tell whether a coverage was valid
select
    file_id,
    line_number,
    min(payer_id) as payer_id,
    min(payer_name) as payer_name,
    count(distinct coalesce(payer_id, lower(payer_name))) as payer_count
from said
where
    version_number = 1
    and coverage_number = 1
    and service_date >= effective_date
    and (expiration_date is null or service_date <= expiration_date)
group by file_id, line_number
