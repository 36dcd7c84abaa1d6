using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Pages.Triggers.Amqp;
using TriggerConsole.Components.Pages.Triggers.Http;
using TriggerConsole.Components.Pages.Triggers.Mqtt;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>One tab of the editor.</summary>
/// <param name="Key">Its name in the URL.</param>
public sealed record EditorTab(string Key, string Title);

/// <summary>The part of the form that belongs to one kind of trigger: its settings as they are typed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(HttpForm), "http")]
[JsonDerivedType(typeof(MqttForm), "mqtt")]
[JsonDerivedType(typeof(AmqpForm), "amqp")]
public abstract class KindForm
{
    [JsonIgnore]
    public abstract TriggerKind Kind { get; }

    /// <summary>The kind's own tabs, in front of Retries and Limits.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<EditorTab> Tabs { get; }

    /// <summary>What a tab holds, in a word or number beside its title; null when there is nothing to say.</summary>
    public abstract string? BadgeOf(string tab);

    /// <summary>Where a field of the settings is edited; null for what stands above the tabs.</summary>
    /// <param name="field">Below <c>settings</c>: <c>auth.token</c>.</param>
    public abstract string? TabOf(string field);

    /// <summary>The settings as the API takes them. What cannot be read keeps its default and goes to <paramref name="errors"/>.</summary>
    public abstract JsonElement ToSettings(FieldErrors errors);

    /// <summary>Settings that can be put into a sentence although something is still missing.</summary>
    public abstract JsonElement ToDescribe();

    /// <summary>Takes over settings as the API shows them.</summary>
    public abstract void Read(JsonElement settings);

    /// <summary>Takes over what the link to a new trigger says of it; of another kind nothing.</summary>
    /// <param name="query">A value of the URL's query, by its name; null when it is not there.</param>
    public virtual void Begin(Func<string, string?> query) { }

    /// <summary>A copy in which no secret is left: for drafts, and for a new trigger made after this one.</summary>
    /// <param name="forgetStored">What is stored belongs to the other trigger, so the copy has nothing.</param>
    public abstract KindForm WithoutSecrets(bool forgetStored);
}
