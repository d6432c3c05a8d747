{{
    config(meta={
        'description':
            'Charged = paid + every adjustment, per claim that is booked: nothing of a claim is in no class.',
    })
}}

select
    file_id,
    transaction_number,
    claim_number
from {{ ref('fct_remittance_lines') }}
where disposition = 'proposed' and claim_status_code <> '25'
group by file_id, transaction_number, claim_number
having
    sum(charged_amount) <> sum(
        paid_amount + contractual_amount + capitation_amount + sequestration_amount + patient_amount
        + denied_amount + coordination_amount + unknown_amount
    )
