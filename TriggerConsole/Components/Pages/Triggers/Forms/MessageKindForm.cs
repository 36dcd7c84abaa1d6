using System.Text.Json.Serialization;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>The settings of a trigger that publishes messages to a broker: what such kinds share. They hold no secrets: those are the broker's.</summary>
/// <param name="timeoutSeconds">The usual time limit.</param>
public abstract class MessageKindForm(double timeoutSeconds) : KindForm
{
    private static readonly EditorTab[] s_tabs = [new("message", "Message"), new("properties", "Properties")];

    [JsonIgnore]
    public override IReadOnlyList<EditorTab> Tabs => s_tabs;

    public Guid? BrokerId { get; set; }

    public MessageForm Body { get; set; } = new();

    public string Timeout { get; set; } = DurationText.Of(timeoutSeconds);

    public override KindForm WithoutSecrets(bool forgetStored) => (KindForm)MemberwiseClone();

    /// <summary>The time limit; the usual one, and an error, when it cannot be read.</summary>
    protected double ReadTimeout(FieldErrors errors)
    {
        if (DurationText.TryParse(Timeout, out var error) is { } timeout) return timeout;
        errors.Add("timeoutSeconds", error!);
        return timeoutSeconds;
    }

    /// <summary>An optional time in whole units; null when there is none, or, with an error, when it cannot be read.</summary>
    /// <param name="perSecond">How many units a second has.</param>
    protected static long? ReadOptionalTime(string text, int perSecond, string field, FieldErrors errors)
    {
        if (text.Trim().Length == 0) return null;
        if (DurationText.TryParse(text, out var wrong) is { } seconds) return (long)Math.Min(Math.Round(seconds * perSecond), long.MaxValue / 2);
        errors.Add(field, wrong!);
        return null;
    }

    protected static string? OrNull(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
