using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Controls;

/// <summary>What someone has typed into a form, whether it differs from what is saved, and what was found wrong where.</summary>
public abstract class FormState
{
    private readonly HashSet<string> _opened = [];
    private string _saved = "";

    /// <summary>The version that is edited; null for something new.</summary>
    [JsonIgnore]
    public int? Version { get; protected set; }

    /// <summary>One sentence for each field, by its name in the API.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Errors { get; private set; } = new Dictionary<string, string>();

    [JsonIgnore]
    public bool IsDirty => Snapshot() != _saved;

    /// <summary>The first field with a fault, in the order of the form, as the id of its element.</summary>
    [JsonIgnore]
    public string? FirstError => Fields.SelectMany(f => Errors.Keys.Where(e => IsAt(e, f.Field))).FirstOrDefault() is { } first ? IdOf(first) : null;

    /// <summary>Fields in the order of the form, as the API names them, and the parts of it that are folded.</summary>
    protected abstract IReadOnlyList<(string Field, string? Fold)> Fields { get; }

    /// <summary>Takes over what was found wrong.</summary>
    public void Refuse(IReadOnlyList<FieldError> errors)
    {
        Errors = errors.GroupBy(e => FieldOf(e.Field)).ToDictionary(g => g.Key, g => g.First().Message);
        foreach (var (field, fold) in Fields)
            if (fold is not null && Errors.Keys.Any(e => IsAt(e, field))) _opened.Add(fold);
    }

    /// <summary>The faults as a refusal, for what could not even be read.</summary>
    public Refusal AsRefusal() => new Refusal.Invalid([.. Errors.Select(e => new FieldError(e.Key, e.Value))]);

    /// <summary>What is typed is saved: nothing is lost by leaving.</summary>
    public void MarkSaved() => _saved = Snapshot();

    public string? ErrorOf(string field) => Errors.GetValueOrDefault(field);

    /// <summary>For <c>aria-invalid</c>.</summary>
    public string? Invalid(string field) => Errors.ContainsKey(field) ? "true" : null;

    /// <summary>Whether a fault waits, or has waited, behind a folded part: it stays open for the one who mends it.</summary>
    public bool IsOpen(string fold) => _opened.Contains(fold);

    /// <summary>The id of a field's element.</summary>
    public static string IdOf(string field) => field.Replace('.', '-');

    /// <summary>The field where a fault is shown: those of one entry are shown at its list.</summary>
    protected virtual string FieldOf(string field) => field.Split('[')[0];

    /// <summary>Whether a fault belongs to a field of <see cref="Fields"/>: its own, or that of an entry of it.</summary>
    protected virtual bool IsAt(string error, string field) => error == field;

    // Holds the secrets that were typed: it stays in memory
    private string Snapshot() => JsonSerializer.Serialize(this, GetType());
}
