using System.Buffers;
using System.Collections.Concurrent;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Scheduling;

/// <summary>Checks and fills the payload templates of schedules.</summary>
internal sealed class SchedulePayloads(TemplateRules rules)
{
    private readonly TemplateRules _rules = new(rules.Environment, rules.Secrets) { Refuses = WhyNot };
    private readonly ConcurrentDictionary<Guid, (int Version, Template Template)> _compiled = new();

    /// <summary>Reports what is wrong with the template under <c>payload</c>.</summary>
    public void Check(Schedule schedule, FieldErrors errors) => Compile(schedule.Payload, schedule.ContentType, errors);

    /// <summary>The payload of a run.</summary>
    /// <param name="shell">The event as it will be, without its payload.</param>
    /// <exception cref="TemplateException">A value is missing, or it gets too long.</exception>
    public byte[] Render(Schedule schedule, StoredEvent shell, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(schedule.Payload)) return [];
        if (!_compiled.TryGetValue(schedule.Id, out var found) || found.Version != schedule.Version)
        {
            var errors = new FieldErrors();
            var template = Compile(schedule.Payload, schedule.ContentType, errors)
                ?? throw new TemplateException(TemplateException.ValueMissing, $"The payload is no valid template any more: {errors.All[0].Message}");
            _compiled[schedule.Id] = found = (schedule.Version, template);
        }
        var output = new ArrayBufferWriter<byte>();
        found.Template.Render(new(new AttemptContext { ExecutionId = Guid.Empty, TriggerId = schedule.TriggerId, Attempt = 1, Event = new EventContent(shell), Now = now }, _rules), output);
        return output.WrittenSpan.ToArray();
    }

    public void Forget(Guid scheduleId) => _compiled.TryRemove(scheduleId, out _);

    private Template? Compile(string? payload, string? contentType, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(payload)) return null;
        var format = MediaKinds.Of(contentType) switch
        {
            MediaKind.Json => TemplateFormat.Json,
            MediaKind.Xml => TemplateFormat.Xml,
            MediaKind.Form => TemplateFormat.Form,
            _ => TemplateFormat.Text,
        };
        var template = Template.Compile(payload, format, _rules, errors, "payload");
        if (template is not { IsPassthrough: true }) return template;
        errors.Add("payload", NoPayload, 1, 1);
        return null;
    }

    private const string NoPayload = "There is no payload yet: this is where the schedule says what it sends. Write the payload itself.";

    /// <summary>A payload is made before there is an execution, and it is stored as it is.</summary>
    private static string? WhyNot(Placeholder placeholder) => placeholder.Kind switch
    {
        PlaceholderKind.Secret => "A payload is stored as it is sent, so a secret cannot stand in it. Put the secret into the trigger: its templates are masked in records.",
        PlaceholderKind.Payload or PlaceholderKind.PayloadPath => NoPayload,
        PlaceholderKind.Header or PlaceholderKind.Query or PlaceholderKind.Variable => $"{placeholder.Text} has no value here: no request brings the event. Leave it out.",
        PlaceholderKind.ExecutionId or PlaceholderKind.Attempt or PlaceholderKind.EventType or PlaceholderKind.UserId
            => $"{placeholder.Text} is not known yet when the schedule makes the event. It can stand in the trigger's own templates.",
        _ => null,
    };
}
