-- One row per answer or reversal whose money waits for a person: the same money came before, or it takes back what nobody
-- booked. Verbs: `apply`, the payer has paid twice and is owed it; `release`, it belongs to the claim; `reject`, no such
-- money came; `reclassify`, another account.

select
    answer_key,
    concat('era835:answer:', md5(answer_key)) as item_key,
    event_id,
    file_id,
    payment_date,
    paid_amount,
    case when is_paid_twice then 'paid_twice' else 'original_not_found' end as reason_code,
    concat(
        case when is_paid_twice then 'the same payment again for claim ' else 'money taken back for claim ' end, claim_id
    ) as words,
    case when is_paid_twice then 'apply,release,reject,reclassify' else 'release,reclassify' end as verbs
from {{ ref('int_remittances__claims_classified') }}
where
    disposition = 'proposed'
    and paid_amount <> 0
    and (is_paid_twice or (is_reversal and not is_original_found and not is_corrected))
