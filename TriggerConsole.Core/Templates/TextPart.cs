using TriggerConsole.Core.Events;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Templates;

/// <summary>A piece of text of a request: rendered once when it is always the same, else for each attempt.</summary>
internal readonly struct TextPart
{
    private static readonly AttemptContext s_nobody = new()
    {
        ExecutionId = Guid.Empty,
        TriggerId = null,
        Attempt = 1,
        Now = DateTimeOffset.UnixEpoch,
        Event = new EventContent(new StoredEvent
        {
            Id = Guid.Empty,
            Origin = EventOrigin.Test,
            ReceivedAt = DateTimeOffset.UnixEpoch,
            Method = "POST",
            Path = "/",
            Headers = "[]"u8.ToArray(),
            Body = [],
            Verdicts = "[]"u8.ToArray(),
        }),
    };

    private readonly Template? _template;

    private TextPart(string? constant, Template? template) => (Constant, _template) = (constant, template);

    /// <summary>Null when it differs from attempt to attempt.</summary>
    public string? Constant { get; }

    /// <summary>A named secret goes into it; then a mask stands for it where secrets are masked.</summary>
    public bool HoldsSecret => _template is { SecretNames.Count: > 0 };

    public bool IsMissing => Constant is null && _template is null;

    public static TextPart Of(Template? template, TemplateRules rules) => template switch
    {
        null => default,
        { IsConstant: true } => new(template.RenderText(EmptyScope(rules)), null),
        _ => new(null, template),
    };

    /// <summary>A text that is always the same.</summary>
    public static TextPart Of(string constant) => new(constant, null);

    /// <summary>A scope without an event: for what needs none.</summary>
    public static TemplateScope EmptyScope(TemplateRules rules) => new(s_nobody, rules);

    /// <exception cref="TemplateException">See <see cref="Template.RenderText"/>.</exception>
    public string Render(TemplateScope scope) => Constant ?? _template?.RenderText(scope) ?? "";
}
