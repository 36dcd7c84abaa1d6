namespace TriggerConsole.Core.Templates;

/// <summary>One kind of placeholder, as help and completion show it.</summary>
/// <param name="Name">The word after the brace: <c>header</c>.</param>
/// <param name="Pattern">What to write, with the part to replace in capitals or as a sample path: <c>{header:NAME}</c>.</param>
/// <param name="Description">One plain sentence.</param>
/// <param name="Example">A value, or for those with a name a filled-in placeholder and its value.</param>
public sealed record TemplateVariable(string Name, string Pattern, string Description, string Example);

/// <summary>Every placeholder that a template may hold: the one list for compiler, help, completion and docs.</summary>
public static class TemplateVariables
{
    public static IReadOnlyList<TemplateVariable> All { get; } =
    [
        new("original_payload", "{original_payload}", "The whole payload: JSON keeps its structure, anything else is text, and binary data is base64.", """{"user":{"id":7}}"""),
        new("payload", "{payload.path.to[0].field}", "One value of the payload by its path; names with other characters stand in brackets and quotes: ['first name'].", "{payload.user.id} → 7"),
        new("timestamp", "{timestamp}", "When this attempt starts, in UTC.", "2026-01-31T08:15:30.250Z"),
        new("uuid", "{uuid}", "A new random id (UUID version 4) each time it is written.", "9f2c1d3e-6b7a-4c58-9a1f-0d2e4b6c8a10"),
        new("event_id", "{event_id}", "The id of the event.", "0198f3a2-7c1b-7d2e-8f00-1a2b3c4d5e6f"),
        new("event_type", "{event_type}", "What happened, as the sender names it.", "order.created"),
        new("callback_id", "{callback_id}", "The id of the callback at which the event arrived; missing for events that came another way.", "0198f39c-0a4e-7b11-9c22-6f5e4d3c2b1a"),
        new("trigger_id", "{trigger_id}", "The id of this trigger; missing in a test of settings that are not saved.", "0198f39d-5d6c-7e33-8a44-112233445566"),
        new("execution_id", "{execution_id}", "The id of this execution; the same in each of its attempts, so receivers can drop repeats by it.", "0198f3a2-7c1b-7d2e-8f01-66554433aabb"),
        new("attempt", "{attempt}", "The number of this attempt, from 1.", "1"),
        new("schedule_name", "{schedule_name}", "The name of the schedule that made the event; missing for events that came another way.", "Nightly export"),
        new("schedule_id", "{schedule_id}", "The id of the schedule that made the event.", "0198f39e-1b2c-7d3e-8f40-0a1b2c3d4e5f"),
        new("due_at", "{due_at}", "When the schedule was due, in UTC; {timestamp} is when the attempt starts.", "2026-01-31T08:00:00.000Z"),
        new("user_id", "{user_id}", "Who sent the event: e-mail of the user or name of the API key; missing for callbacks.", "ana@example.com"),
        new("header", "{header:NAME}", "A header of the request that brought the event, in any case.", "{header:User-Agent} → curl/8.5.0"),
        new("query", "{query:NAME}", "A query parameter of the request that brought the event.", "{query:page} → 2"),
        new("var", "{var:NAME}", "A variable given with a call of the API; it keeps its type.", "{var:region} → eu-west"),
        new("env", "{env:NAME}", "An environment variable of the server; only those listed in Templates:AllowedEnvironment can be read.", "{env:CRM_HOST} → crm.example"),
        new("secret", "{secret:NAME}", "A secret by its name; it is masked in previews and records.", "{secret:CRM_TOKEN} → ••••••"),
    ];

    /// <summary>What a masked secret looks like.</summary>
    public const string Mask = "••••••";
}
