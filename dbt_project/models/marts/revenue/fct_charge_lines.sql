-- One row per charge line of any billing source, mapped to revenue (rule R01), with its disposition. What it says was
-- decided in int_billing__charge*: here it stands side by side.

with coded as (
    select * from {{ ref('int_billing__charges_coded') }}
),

priced as (
    select * from {{ ref('int_billing__charges_priced') }}
),

mapped as (
    select * from {{ ref('int_billing__charges_mapped') }}
),

allowances as (
    select * from {{ ref('int_billing__charge_allowances_expected') }}
),

judged as (
    select * from {{ ref('int_billing__charges_judged') }}
)

select
    coded.charge_line_key,
    coded.file_id,
    coded.line_number,
    coded.source,
    coded.profile,
    coded.transaction_id,
    coded.claim_id,
    judged.event_id,
    judged.disposition,
    judged.hold_reason,
    coded.posting_date,
    coded.service_date,
    coded.void_date,
    {{ first_of_month('coded.posting_date') }} as posting_month,
    coded.payer_id,
    coded.payer_class,
    coded.rendering_provider_id,
    coded.location_id,
    coded.place_of_service_code,
    coded.code_system,
    coded.procedure_code,
    coded.modifier_1,
    concat_ws(':', coded.modifier_1, coded.modifier_2, coded.modifier_3, coded.modifier_4) as modifiers,
    mapped.category_code,
    mapped.category_name,
    mapped.component,
    mapped.component_basis,
    coded.diagnosis_codes,
    coded.charged_units,
    {{ money('coded.stated_amount') }} as stated_amount,
    {{ money('priced.charged_amount') }} as charged_amount,
    {{ money('mapped.professional_amount') }} as professional_amount,
    {{ money('allowances.expected_allowed_amount') }} as expected_allowed_amount,
    {{ money('coalesce(allowances.allowance_amount, 0)') }} as allowance_amount,
    mapped.account_code,
    mapped.professional_account_code,
    mapped.technical_account_code,
    coded.loaded_at
from coded
inner join priced on coded.charge_line_key = priced.charge_line_key
inner join mapped on coded.charge_line_key = mapped.charge_line_key
inner join judged on coded.charge_line_key = judged.charge_line_key
left join allowances on coded.charge_line_key = allowances.charge_line_key
