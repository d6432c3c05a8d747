{{ config(materialized='view') }}

-- One row per ledger transaction of a FHIR resource, with what other resources say about it: payer, provider, and
-- whether the service is charged by another kind of resource. Which landed first is no matter.

with transactions as (
    select * from {{ ref('stg_fhir__transactions') }}
),

charge_lines as (
    select * from {{ ref('stg_fhir__charge_lines') }}
),

coverages as (
    select
        coverage_id,
        payer_id,
        payer_name,
        row_number() over (partition by coverage_id order by file_id, line_number) as version_number
    from {{ ref('stg_fhir__coverages') }}
),

organizations as (
    select
        organization_id,
        organization_name,
        row_number() over (partition by organization_id order by file_id, line_number) as version_number
    from {{ ref('stg_fhir__organizations') }}
),

practitioners as (
    select
        practitioner_id,
        npi,
        row_number() over (partition by practitioner_id order by file_id, line_number) as version_number
    from {{ ref('stg_fhir__practitioners') }}
    where npi is not null
),

practitioner_roles as (
    select
        practitioner_role_id,
        practitioner_id,
        row_number() over (partition by practitioner_role_id order by file_id, line_number) as version_number
    from {{ ref('stg_fhir__practitioner_roles') }}
),

-- one service may arrive as a ChargeItem and again as an item of a Claim: an encounter is charged through its Claim, which
-- a payer answers, where there is one
encounters as (
    select
        file_id,
        transaction_id,
        resource_type,
        max(resource_type) over (partition by encounter_id) as charging_resource_type
    from charge_lines
    where
        encounter_id is not null
        and transaction_line_number is not null
        and not exists (
            select 1
            from transactions
            where
                charge_lines.file_id = transactions.file_id
                and charge_lines.transaction_line_number = transactions.line_number
                and transactions.source_hold_reason is not null
        )
),

told_twice as (
    select distinct
        file_id,
        transaction_id
    from encounters
    where resource_type <> charging_resource_type
),

covered as (
    select
        transactions.*,
        coalesce(coverages.payer_id, transactions.payer_id) as covering_payer_id,
        coalesce(transactions.payer_name, coverages.payer_name) as covering_payer_name,
        coalesce(practitioner_roles.practitioner_id, transactions.rendering_provider_id) as practitioner_id,
        told_twice.transaction_id is not null as is_told_twice
    from transactions
    left join coverages
        on transactions.payer_id = coverages.coverage_id
        and coverages.version_number = 1
    left join practitioner_roles
        on transactions.rendering_provider_id = practitioner_roles.practitioner_role_id
        and practitioner_roles.version_number = 1
    left join told_twice
        on transactions.file_id = told_twice.file_id
        and told_twice.transaction_id = coalesce(transactions.reversed_transaction_id, transactions.transaction_id)
)

select
    covered.source,
    covered.file_id,
    covered.line_number,
    covered.profile,
    covered.transaction_id,
    covered.parent_charge_id,
    covered.reversed_transaction_id,
    covered.claim_id,
    covered.transaction_type,
    covered.bucket,
    covered.transaction_amount,
    covered.reason,
    covered.code_system,
    covered.procedure_code,
    covered.modifier_1,
    covered.modifier_2,
    covered.modifier_3,
    covered.modifier_4,
    covered.charged_units,
    covered.diagnosis_codes,
    covered.place_of_service_code,
    coalesce(practitioners.npi, covered.practitioner_id) as rendering_provider_id,
    covered.location_id,
    covered.covering_payer_id as payer_id,
    coalesce(covered.covering_payer_name, organizations.organization_name) as payer_name,
    covered.service_date,
    covered.post_date,
    covered.void_date,
    coalesce(
        covered.source_hold_reason,
        case when covered.is_told_twice then 'charged_by_other_resource' end
    ) as source_hold_reason,
    covered.loaded_at
from covered
left join organizations
    on covered.covering_payer_id = organizations.organization_id
    and organizations.version_number = 1
left join practitioners
    on covered.practitioner_id = practitioners.practitioner_id
    and practitioners.version_number = 1
