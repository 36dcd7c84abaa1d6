using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>A message to publish by hand, as it is typed: how it stands with the form, whatever the protocol.</summary>
public abstract class PublishFormBase
{
    public IReadOnlyDictionary<string, string> Errors { get; private set; } = new Dictionary<string, string>();

    /// <summary>The first field with a fault, as the id of its element.</summary>
    public string? FirstError => Fields.FirstOrDefault(Errors.ContainsKey) is { } first ? IdOf(first) : null;

    /// <summary>Whether a fault waits behind the folded properties.</summary>
    public bool HasPropertyErrors => Errors.Keys.Any(IsProperty);

    /// <summary>Which properties are set; null for none.</summary>
    public abstract string? PropertiesInWords { get; }

    /// <summary>Where the focus goes when a message is to be used again.</summary>
    public abstract string FirstField { get; }

    /// <summary>Fields in the order of the form, as the API names them.</summary>
    protected abstract IReadOnlyList<string> Fields { get; }

    protected abstract bool IsProperty(string field);

    /// <summary>Takes over what was found wrong; one sentence for each field.</summary>
    public void Refuse(IReadOnlyList<FieldError> errors) => Errors = errors.GroupBy(e => FieldOf(e.Field)).ToDictionary(g => g.Key, g => g.First().Message);

    public string? ErrorOf(string field) => Errors.GetValueOrDefault(field);

    public static string IdOf(string field) => "publish-" + field.Replace('.', '-');

    /// <summary>The field where a fault is shown: those of a row are shown at the list.</summary>
    protected virtual string FieldOf(string field) => field.Split('[')[0];

    protected static string? OrNull(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
