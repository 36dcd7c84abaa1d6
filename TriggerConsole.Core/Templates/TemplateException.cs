namespace TriggerConsole.Core.Templates;

/// <summary>
/// A template could not be rendered for this event: a value that must be there is missing, or would break what it is put into.
/// Executors turn it into an outcome of kind <c>Configuration</c> with <see cref="Code"/>. The message names the placeholder,
/// never its value.
/// </summary>
public sealed class TemplateException(string code, string message) : Exception(message)
{
    public const string ValueMissing = "template_value_missing";
    public const string LineBreak = "template_line_break";
    public const string ControlCharacter = "template_control_character";
    public const string BadUrl = "template_bad_url";
    public const string BadPath = "template_bad_path";
    public const string BadTopic = "template_bad_topic";
    public const string BadRoutingKey = "template_bad_routing_key";
    public const string RoutingKeyTooLong = "routing_key_too_long";
    public const string TooLong = "template_too_long";
    public const string SecretNotForHost = "secret_not_for_host";

    /// <summary>
    /// <c>template_value_missing</c>, <c>template_line_break</c>, <c>template_control_character</c>, <c>template_bad_url</c>,
    /// <c>template_bad_path</c>, <c>template_bad_topic</c>, <c>template_bad_routing_key</c>, <c>routing_key_too_long</c>, <c>template_too_long</c> or <c>secret_not_for_host</c>.
    /// </summary>
    public string Code { get; } = code;
}
