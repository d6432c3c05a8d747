-- One row per charge line whose payer's fee schedule names its code on the day of service: what the payer is expected to
-- allow, and to take off (rule R02). A fee for the modifier and the place
-- comes before one for any.

with charges as (
    select
        coded.*,
        priced.charged_amount
    from {{ ref('int_billing__charges_coded') }} as coded
    inner join {{ ref('int_billing__charges_priced') }} as priced on coded.charge_line_key = priced.charge_line_key
    where coded.bucket is distinct from 'patient'
),

expected as (
    select
        charges.charge_line_key,
        charges.file_id,
        charges.charged_amount,
        fees.fee_amount * coalesce(charges.charged_units, 1) as allowed_amount,
        row_number() over (
            partition by charges.charge_line_key
            order by
                case when fees.modifier is null then 1 else 0 end,
                case when fees.place_of_service_code is null then 1 else 0 end,
                fees.valid_from_date desc, fees.fee_key asc
        ) as fee_number
    from charges
    inner join {{ ref('int_fees__fees_dated') }} as fees
        on fees.fee_basis = 'allowed'
        and charges.procedure_code = fees.procedure_code
        and (charges.payer_id = fees.payer_id or (fees.payer_id is null and lower(charges.payer_name) = lower(fees.payer_name)))
        and coalesce(fees.modifier, charges.modifier_1, '') = coalesce(charges.modifier_1, '')
        and coalesce(fees.place_of_service_code, charges.place_of_service_code, '')
        = coalesce(charges.place_of_service_code, '')
        and charges.fee_date between fees.valid_from_date and fees.valid_to_date
)

select
    charge_line_key,
    file_id,
    {{ money('allowed_amount') }} as expected_allowed_amount,
    case
        when allowed_amount < charged_amount then {{ money('charged_amount - allowed_amount') }}
        else cast(0 as decimal(18, 2))
    end as allowance_amount
from expected
where fee_number = 1
