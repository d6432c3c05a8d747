{#
    One raw transactions table (orchestration/core/transactions.py) with this project's names. Every billing source
    stages it with this macro, so that their union is a union of like columns. `position` is the column that counts
    places in the file; `hold_reason` and `reversed_transaction_id` are SQL for what a source's reader says beyond the
    ledger transaction: why a person must look at the row, and which charge a credit takes back.
#}
{% macro ledger_transactions(source_name, relation, position, hold_reason=none, reversed_transaction_id=none) -%}
    select
        '{{ source_name }}' as source,
        file_id,
        {{ position }} as line_number,
        profile,
        transaction_id,
        parent_charge_id,
        {{ reversed_transaction_id or 'cast(null as varchar)' }} as reversed_transaction_id,
        claim_id,
        transaction_type,
        bucket,
        amount as transaction_amount,
        reason,
        code_system,
        procedure_code,
        modifier_1,
        modifier_2,
        modifier_3,
        modifier_4,
        units as charged_units,
        diagnosis_codes,
        place_of_service_code,
        rendering_provider_id,
        location_id,
        payer_id,
        payer_name,
        service_date,
        post_date,
        void_date,
        {{ hold_reason or 'cast(null as varchar)' }} as source_hold_reason,
        loaded_at
    from {{ relation }}
{%- endmacro %}
