{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per charge line of any billing source, mapped to revenue (rule R01), with its disposition.

with arrived as (
    select * from {{ ref('int_billing__transactions_unioned') }}
    where transaction_type = 'CHARGE' and {{ only_new_files() }}
),

-- what a code of the sender's own stands for on the day of service
code_matches as (
    select
        arrived.file_id,
        arrived.line_number,
        charge_codes.procedure_code,
        row_number() over (
            partition by arrived.file_id, arrived.line_number
            order by charge_codes.effective_from desc, charge_codes.procedure_code asc
        ) as match_number
    from arrived
    inner join {{ ref('charge_codes') }} as charge_codes
        on arrived.procedure_code = charge_codes.charge_code
        and arrived.service_date >= charge_codes.effective_from
        and (charge_codes.effective_to is null or arrived.service_date <= charge_codes.effective_to)
    where arrived.code_system = 'LOCAL'
),

coded as (
    select
        arrived.file_id,
        arrived.line_number,
        arrived.source,
        arrived.profile,
        arrived.transaction_id,
        arrived.reversed_transaction_id,
        arrived.claim_id,
        arrived.bucket,
        arrived.transaction_amount as stated_amount,
        case when code_matches.procedure_code is not null then 'CPT' else arrived.code_system end as code_system,
        coalesce(code_matches.procedure_code, arrived.procedure_code) as procedure_code,
        arrived.modifier_1,
        arrived.modifier_2,
        arrived.modifier_3,
        arrived.modifier_4,
        arrived.charged_units,
        arrived.diagnosis_codes,
        arrived.place_of_service_code,
        arrived.rendering_provider_id,
        arrived.location_id,
        arrived.payer_id,
        arrived.payer_name,
        arrived.service_date,
        arrived.post_date,
        arrived.void_date,
        arrived.source_hold_reason,
        arrived.loaded_at
    from arrived
    left join code_matches
        on arrived.file_id = code_matches.file_id
        and arrived.line_number = code_matches.line_number
        and code_matches.match_number = 1
),

-- the practice's own fee of the day: of the line's modifier and place before the one for any; a component (26, TC) is
-- never priced as the whole service
fee_matches as (
    select
        coded.file_id,
        coded.line_number,
        fees.fee_amount,
        fees.file_id as fee_file_id,
        fees.loaded_at as fee_loaded_at,
        row_number() over (
            partition by coded.file_id, coded.line_number
            order by
                case when fees.modifier is null then 1 else 0 end asc,
                case when fees.place_of_service_code is null then 1 else 0 end asc,
                fees.valid_from_date desc,
                fees.fee_key asc
        ) as match_number
    from coded
    inner join {{ ref('int_fees__fees_dated') }} as fees
        on coded.procedure_code = fees.procedure_code
        and fees.fee_basis = 'charge'
        and coalesce(coded.service_date, coded.post_date) between fees.valid_from_date and fees.valid_to_date
        and (fees.place_of_service_code is null or coded.place_of_service_code = fees.place_of_service_code)
        and (
            fees.modifier in (coded.modifier_1, coded.modifier_2, coded.modifier_3, coded.modifier_4)
            or (
                fees.modifier is null
                and coalesce(coded.modifier_1, '') not in ('26', 'TC')
                and coalesce(coded.modifier_2, '') not in ('26', 'TC')
                and coalesce(coded.modifier_3, '') not in ('26', 'TC')
                and coalesce(coded.modifier_4, '') not in ('26', 'TC')
            )
        )
    where coded.stated_amount is null and coded.source_hold_reason is null and coded.code_system = 'CPT'
),

-- an amount that no file states is units times the fee. A fee that landed after the line makes an event of its own: the
-- line was held until a rebuild, and its file's day may be posted
charges as (
    select
        coded.*,
        coalesce(
            coded.stated_amount,
            cast(
                round(
                    fee_matches.fee_amount * coalesce(coded.charged_units, 1)
                    * case when coded.reversed_transaction_id is null then 1 else -1 end,
                    2
                ) as decimal(18, 2)
            )
        ) as transaction_amount,
        case when fee_matches.fee_loaded_at > coded.loaded_at then fee_matches.fee_file_id end as later_fee_file_id
    from coded
    left join fee_matches
        on coded.file_id = fee_matches.file_id
        and coded.line_number = fee_matches.line_number
        and fee_matches.match_number = 1
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

-- a line that is held for its code, its date or its amount does not stand in the way of its corrected copy
bookable as (
    select
        charges.file_id,
        charges.line_number,
        charges.source,
        charges.profile,
        charges.transaction_id,
        charges.reversed_transaction_id,
        charges.loaded_at
    from charges
    inner join procedures
        on charges.code_system = procedures.code_system and charges.procedure_code = procedures.procedure_code
    where
        procedures.category_code is not null
        and coalesce(charges.post_date, charges.service_date) is not null
        and charges.transaction_amount is not null
        and charges.source_hold_reason is null

    {% if is_incremental() %}
        union all

        select
            file_id,
            line_number,
            source,
            profile,
            transaction_id,
            cast(null as varchar) as reversed_transaction_id,
            loaded_at
        from {{ this }}
        where hold_reason is null
    {% endif %}
),

-- a credit needs the charge it takes back: in this run's files, or booked before
credits_with_charge as (
    select distinct
        credits.file_id,
        credits.line_number
    from bookable as credits
    inner join bookable as originals
        on credits.source = originals.source
        and credits.profile = originals.profile
        and credits.reversed_transaction_id = originals.transaction_id
    where credits.reversed_transaction_id is not null
),

arrivals as (
    select bookable.*
    from bookable
    left join credits_with_charge
        on bookable.file_id = credits_with_charge.file_id and bookable.line_number = credits_with_charge.line_number
    where bookable.reversed_transaction_id is null or credits_with_charge.file_id is not null
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

-- R02: what the payer allows for the code on the day of service, as its fee schedule said before the charge landed; a
-- fee for the modifier and the place comes before one for any
expected as (
    select
        charges.file_id,
        charges.line_number,
        fees.fee_amount * coalesce(charges.charged_units, 1) as allowed_amount,
        row_number() over (
            partition by charges.file_id, charges.line_number
            order by
                case when fees.modifier is null then 1 else 0 end,
                case when fees.place_of_service_code is null then 1 else 0 end,
                fees.loaded_at desc, fees.fee_key asc
        ) as fee_number
    from charges
    inner join {{ ref('int_fees__fees_dated') }} as fees
        on fees.fee_basis = 'allowed'
        and charges.procedure_code = fees.procedure_code
        and (charges.payer_id = fees.payer_id or (fees.payer_id is null and lower(charges.payer_name) = lower(fees.payer_name)))
        and coalesce(fees.modifier, charges.modifier_1, '') = coalesce(charges.modifier_1, '')
        and coalesce(fees.place_of_service_code, charges.place_of_service_code, '')
        = coalesce(charges.place_of_service_code, '')
        and coalesce(charges.service_date, charges.post_date) between fees.valid_from_date and fees.valid_to_date
        and charges.loaded_at >= fees.loaded_at
    where charges.bucket is distinct from 'patient'
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
        expected.allowed_amount as expected_allowed_amount,
        case
            when charges.bucket = 'patient' then 'self_pay'
            when charges.payer_name is null then 'unclassified'
            else coalesce(payer_classes.payer_class, 'commercial')
        end as payer_class,
        credits_with_charge.file_id as credited_file_id,
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
    left join credits_with_charge
        on charges.file_id = credits_with_charge.file_id and charges.line_number = credits_with_charge.line_number
    left join expected
        on charges.file_id = expected.file_id
        and charges.line_number = expected.line_number
        and expected.fee_number = 1
),

judged as (
    select
        *,
        case
            when source_hold_reason is not null then source_hold_reason
            when arrival_number > 1 then 'duplicate_transaction'
            when procedure_code is null or category_code is null then 'unmapped_procedure'
            when posting_date is null then 'missing_posting_date'
            when transaction_amount is null then 'missing_amount'
            when reversed_transaction_id is not null and credited_file_id is null then 'unseen_charge'
        end as hold_reason
    from mapped
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
    from judged
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
        case when mapping_version > 1 then concat(':v', cast(mapping_version as varchar)) else '' end,
        case when later_fee_file_id is not null then concat(':f', substring(later_fee_file_id, 1, 16)) else '' end
    ) as event_id,
    case when hold_reason is null then 'proposed' else 'held' end as disposition,
    hold_reason,
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
    {{ money('stated_amount') }} as stated_amount,
    {{ money('transaction_amount') }} as charged_amount,
    {{ money('professional_amount') }} as professional_amount,
    {{ money('expected_allowed_amount') }} as expected_allowed_amount,
    case
        when expected_allowed_amount < transaction_amount then {{ money('transaction_amount - expected_allowed_amount') }}
        else cast(0 as decimal(18, 2))
    end as allowance_amount,
    case when professional_rate is null then account_code end as account_code,
    professional_account_code,
    technical_account_code,
    loaded_at
from split_lines
