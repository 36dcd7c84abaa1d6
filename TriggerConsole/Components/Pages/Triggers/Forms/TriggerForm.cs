using System.Globalization;
using System.Text.Json;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>A trigger as it stands in the editor: everything is text or a choice, right or wrong.</summary>
public sealed class TriggerForm
{
    public required KindForm Settings { get; set; }

    public string Name { get; set; } = "";

    public Guid? CallbackId { get; set; }

    public bool Enabled { get; set; } = true;

    public int Priority { get; set; } = Trigger.DefaultPriority;

    public RetryForm Retry { get; set; } = RetryForm.Of(RetryPolicy.Default);

    public LimitsForm Limits { get; set; } = LimitsForm.Of(TriggerLimits.Default);

    public static TriggerForm Of(TriggerView view, KindForm settings)
    {
        settings.Read(view.Settings);
        return new()
        {
            Settings = settings,
            Name = view.Name,
            CallbackId = view.CallbackId,
            Enabled = view.Enabled,
            Priority = view.Priority,
            Retry = RetryForm.Of(view.Retry),
            Limits = LimitsForm.Of(view.Limits),
        };
    }

    /// <summary>What the API takes, whole. Faults that can be told without the server go to <paramref name="errors"/>.</summary>
    public TriggerInput ToInput(FieldErrors errors)
    {
        if (Name.Trim().Length is 0 or > Trigger.MaxNameLength) errors.Add("name", string.Create(CultureInfo.InvariantCulture, $"Give the trigger a name of 1 to {Trigger.MaxNameLength} characters."));
        return new()
        {
            Kind = Settings.Kind,
            Name = Name.Trim(),
            CallbackId = CallbackId ?? Guid.Empty,
            Enabled = Enabled,
            Priority = Priority,
            Settings = Settings.ToSettings(errors.Under("settings")),
            Retry = Retry.ToPolicy(errors.Under("retry")),
            Limits = Limits.ToLimits(errors.Under("limits")),
        };
    }

    /// <summary>A form made after another trigger: off until someone has looked at it, without the other's secrets.</summary>
    public TriggerForm Duplicate() => new()
    {
        Settings = Settings.WithoutSecrets(forgetStored: true),
        Name = $"Copy of {Name}",
        CallbackId = CallbackId,
        Enabled = false,
        Priority = Priority,
        Retry = Retry,
        Limits = Limits,
    };

    /// <summary>The form as text, to tell whether it has changed. Holds secrets: it stays in memory.</summary>
    public string Snapshot() => JsonSerializer.Serialize(this);

    /// <summary>The form as text without secrets, to be kept for a reload.</summary>
    public string ToDraft()
    {
        var copy = (TriggerForm)MemberwiseClone();
        copy.Settings = Settings.WithoutSecrets(forgetStored: false);
        return JsonSerializer.Serialize(copy);
    }

    /// <summary>Null when the draft is of another version of the product.</summary>
    public static TriggerForm? FromDraft(string draft)
    {
        try
        {
            return JsonSerializer.Deserialize<TriggerForm>(draft);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
