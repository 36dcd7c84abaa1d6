namespace TriggerConsole.Core.Templates;

/// <summary>
/// A template could not be rendered for this event: a value that must be there is missing, or would break what it is put into.
/// Executors turn it into an outcome of kind <c>Configuration</c> with <see cref="Code"/>.
/// </summary>
public sealed class TemplateException(string code, string message) : Exception(message)
{
    /// <summary><c>template_value_missing</c>, <c>template_line_break</c>, <c>template_bad_topic</c>, <c>template_too_long</c>, …</summary>
    public string Code { get; } = code;
}
