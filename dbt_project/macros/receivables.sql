{#
    One way a relation moves receivables, for `receivables_activity`: every argument is SQL, an amount not given moves
    nothing. `is_patient` tells what the patient owes from what a payer does; without it the payer does.
#}
{% macro receivable_change(
    relation, posting_date='posting_date', provider_id='rendering_provider_id', location_id=none, release_event_id=none,
    is_patient='false', charged='0', contractual='0', paid='0', transferred='0', suspended='0', adjusted='0',
    where='1 = 1'
) -%}
    {%- set payer = {'true': "'PATIENT'", 'false': 'payer_id'}.get(
        is_patient, "case when " ~ is_patient ~ " then 'PATIENT' else payer_id end"
    ) -%}
    {%- set bucket = {'true': "'patient'", 'false': "'insurance'"}.get(
        is_patient, "case when " ~ is_patient ~ " then 'patient' else 'insurance' end"
    ) -%}
    select
        file_id,
        claim_id,
        {{ posting_date }} as posting_date,
        {{ payer }} as payer_id,
        {{ bucket }} as bucket,
        {{ provider_id }} as provider_id,
        {{ location_id or no_text() }} as location_id,
        {{ money(charged) }} as charged_amount,
        {{ money(contractual) }} as contractual_amount,
        {{ money(paid) }} as paid_amount,
        {{ money(transferred) }} as transferred_amount,
        {{ money(suspended) }} as suspended_amount,
        {{ money(adjusted) }} as adjusted_amount,
        loaded_at,
        {{ release_event_id or no_text() }} as release_event_id
    from {{ relation }}
    where {{ where }}
{%- endmacro %}
