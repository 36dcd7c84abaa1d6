using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Templates;

/// <summary>The values of one rendering.</summary>
public sealed class TemplateScope(AttemptContext attempt, TemplateRules rules)
{
    public AttemptContext Attempt { get; } = attempt;

    public TemplateRules Rules { get; } = rules;

    /// <summary>Secrets come out as <c>••••••</c>: for previews and for what is recorded.</summary>
    public bool MaskSecrets { get; init; }
}
