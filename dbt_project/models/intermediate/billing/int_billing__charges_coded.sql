-- One row per charge line of any billing source, its sender's words in our codes. A code of the sender's own is the
-- procedure that charge_codes gives it on the day of service, and stays as it is where that says nothing. The payer's class
-- comes from the name in this very row: a posted entry must not depend on what arrives later.

with arrived as (
    select * from {{ ref('int_billing__transactions_unioned') }}
    where transaction_type = 'CHARGE'
),

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

payer_names as (
    select distinct payer_name
    from arrived
    where payer_name is not null
),

payer_classes as (
    select
        payer_names.payer_name,
        patterns.payer_class,
        row_number() over (partition by payer_names.payer_name order by patterns.priority) as match_number
    from payer_names
    inner join {{ ref('payer_class_patterns') }} as patterns on lower(payer_names.payer_name) like patterns.payer_pattern
)

select
    {{ surrogate_key(['arrived.file_id', 'arrived.line_number']) }} as charge_line_key,
    arrived.file_id,
    arrived.line_number,
    arrived.source,
    arrived.profile,
    arrived.transaction_id,
    arrived.reversed_transaction_id,
    arrived.claim_id,
    arrived.bucket,
    {{ money('arrived.transaction_amount') }} as stated_amount,
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
    case
        when arrived.bucket = 'patient' then 'self_pay'
        when arrived.payer_name is null then 'unclassified'
        else coalesce(payer_classes.payer_class, 'commercial')
    end as payer_class,
    arrived.service_date,
    coalesce(arrived.post_date, arrived.service_date) as posting_date,
    -- the day whose fees count
    coalesce(arrived.service_date, arrived.post_date) as fee_date,
    arrived.void_date,
    arrived.source_hold_reason,
    arrived.loaded_at
from arrived
left join code_matches
    on arrived.file_id = code_matches.file_id
    and arrived.line_number = code_matches.line_number
    and code_matches.match_number = 1
left join payer_classes on arrived.payer_name = payer_classes.payer_name and payer_classes.match_number = 1
