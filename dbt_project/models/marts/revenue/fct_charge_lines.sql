{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per charge line of any billing source, mapped to revenue (rule R01), with its disposition.

with charges as (
    select * from {{ ref('int_billing__transactions_unioned') }}
    where transaction_type = 'CHARGE' and {{ only_new_files() }}
),

procedures as (
    select * from {{ ref('dim_procedures') }}
),

patterns as (
    select * from {{ ref('payer_class_patterns') }}
),

splits as (
    select * from {{ ref('component_splits') }}
),

-- the fee schedule's own 26 and TC rows on the day of service, before the configured default
component_rates as (
    select
        charges.file_id,
        charges.line_number,
        rates.professional_rate,
        case when rates.priority = 1 then 'fee_schedule' else 'relative_values' end as component_basis,
        row_number() over (
            partition by charges.file_id, charges.line_number order by rates.priority asc, rates.valid_from_date desc
        ) as rate_number
    from charges
    inner join {{ ref('int_fees__component_rates') }} as rates
        on charges.procedure_code = rates.procedure_code
        and coalesce(charges.service_date, charges.post_date) between rates.valid_from_date and rates.valid_to_date
    where charges.code_system = 'CPT'
),

-- the class comes from the name in this very row: a posted entry must not depend on what arrives later
payer_names as (
    select distinct payer_name
    from charges
    where payer_name is not null
),

payer_classes as (
    select
        payer_names.payer_name,
        patterns.payer_class,
        row_number() over (partition by payer_names.payer_name order by patterns.priority) as match_number
    from payer_names
    inner join patterns on lower(payer_names.payer_name) like patterns.payer_pattern
),

-- a line that is held for its code or its date does not stand in the way of its corrected copy
arrivals as (
    select
        charges.file_id,
        charges.line_number,
        charges.source,
        charges.profile,
        charges.transaction_id,
        charges.loaded_at
    from charges
    inner join procedures
        on charges.code_system = procedures.code_system and charges.procedure_code = procedures.procedure_code
    where procedures.category_code is not null and coalesce(charges.post_date, charges.service_date) is not null

    {% if is_incremental() %}
        union all

        select
            file_id,
            line_number,
            source,
            profile,
            transaction_id,
            loaded_at
        from {{ this }}
        where hold_reason is null
    {% endif %}
),

arrival_order as (
    select
        file_id,
        line_number,
        row_number() over (
            partition by source, profile, transaction_id order by loaded_at, file_id, line_number
        ) as arrival_number
    from arrivals
),

mapped as (
    select
        charges.*,
        coalesce(charges.post_date, charges.service_date) as posting_date,
        procedures.category_code,
        procedures.category_name,
        case
            when 'TC' in (charges.modifier_1, charges.modifier_2, charges.modifier_3, charges.modifier_4) then 'technical'
            when '26' in (charges.modifier_1, charges.modifier_2, charges.modifier_3, charges.modifier_4) then 'professional'
            else 'global'
        end as component,
        procedures.account_code,
        procedures.mapping_version,
        case
            when splits.category_code is not null then coalesce(component_rates.professional_rate, splits.professional_rate)
        end as professional_rate,
        case
            when splits.category_code is not null then coalesce(component_rates.component_basis, 'default')
        end as component_basis,
        splits.professional_account_code,
        splits.technical_account_code,
        case
            when charges.bucket = 'patient' then 'self_pay'
            when charges.payer_name is null then 'unclassified'
            else coalesce(payer_classes.payer_class, 'commercial')
        end as payer_class,
        arrival_order.arrival_number
    from charges
    left join procedures
        on charges.code_system = procedures.code_system and charges.procedure_code = procedures.procedure_code
    left join splits
        on procedures.category_code = splits.category_code and procedures.is_global_split
    left join component_rates
        on charges.file_id = component_rates.file_id
        and charges.line_number = component_rates.line_number
        and component_rates.rate_number = 1
    left join payer_classes
        on charges.payer_name = payer_classes.payer_name and payer_classes.match_number = 1
    left join arrival_order
        on charges.file_id = arrival_order.file_id and charges.line_number = arrival_order.line_number
),

-- only a global line splits; a line billed with modifier 26 or TC is that component whole
split_lines as (
    select
        *,
        case
            when professional_rate is null then cast(0 as decimal(18, 2))
            when component = 'professional' then transaction_amount
            when component = 'technical' then cast(0 as decimal(18, 2))
            else cast(round(transaction_amount * professional_rate, 2) as decimal(18, 2))
        end as professional_amount
    from mapped
)

select
    {{ surrogate_key(['file_id', 'line_number']) }} as charge_line_key,
    file_id,
    line_number,
    source,
    profile,
    transaction_id,
    claim_id,
    concat(
        source, ':charges:', substring(file_id, 1, 16), ':', cast(posting_date as varchar),
        case when mapping_version > 1 then concat(':v', cast(mapping_version as varchar)) else '' end
    ) as event_id,
    case
        when arrival_number > 1 or procedure_code is null or category_code is null or posting_date is null then 'held'
        else 'proposed'
    end as disposition,
    case
        when arrival_number > 1 then 'duplicate_transaction'
        when procedure_code is null or category_code is null then 'unmapped_procedure'
        when posting_date is null then 'missing_posting_date'
    end as hold_reason,
    posting_date,
    service_date,
    void_date,
    {{ first_of_month('posting_date') }} as posting_month,
    payer_id,
    payer_class,
    rendering_provider_id,
    location_id,
    place_of_service_code,
    code_system,
    procedure_code,
    modifier_1,
    concat_ws(':', modifier_1, modifier_2, modifier_3, modifier_4) as modifiers,
    category_code,
    category_name,
    component,
    case when component = 'global' then component_basis end as component_basis,
    diagnosis_codes,
    charged_units,
    {{ money('transaction_amount') }} as charged_amount,
    {{ money('professional_amount') }} as professional_amount,
    case when professional_rate is null then account_code end as account_code,
    professional_account_code,
    technical_account_code,
    loaded_at
from split_lines
