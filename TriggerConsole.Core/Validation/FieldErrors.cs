namespace TriggerConsole.Core.Validation;

/// <summary>One fault in what was sent: the field as the sender knows it (<c>settings.url</c>), and a sentence that says what to do.</summary>
public sealed record FieldError(string Field, string Message)
{
    /// <summary>Line in a template or document, from 1; null when the fault is in the whole field.</summary>
    public int? Line { get; init; }

    /// <summary>Column in that line, from 1.</summary>
    public int? Column { get; init; }
}

/// <summary>Collects every fault of one request, so that they are answered all at once.</summary>
public sealed class FieldErrors
{
    private readonly List<FieldError> _errors = [];
    private readonly string _prefix;

    public FieldErrors() : this("", []) { }

    private FieldErrors(string prefix, List<FieldError> errors) => (_prefix, _errors) = (prefix, errors);

    public IReadOnlyList<FieldError> All => _errors;

    public bool Any => _errors.Count > 0;

    /// <summary>The same collection, for fields below <paramref name="field"/>: <c>Under("settings").Add("url", …)</c> reports <c>settings.url</c>.</summary>
    public FieldErrors Under(string field) => new(Join(field), _errors);

    public void Add(string field, string message) => _errors.Add(new(Join(field), message));

    public void Add(string field, string message, int line, int column)
        => _errors.Add(new(Join(field), message) { Line = line, Column = column });

    private string Join(string field)
        => _prefix.Length == 0 ? field : field.Length == 0 ? _prefix : field[0] == '[' ? _prefix + field : _prefix + "." + field;
}
