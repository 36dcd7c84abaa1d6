using System.Text.Json.Serialization;
using TriggerConsole.Core.Http;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>A name and its value, as typed.</summary>
public sealed class PairRow
{
    public string Name { get; set; } = "";

    public string Value { get; set; } = "";

    [JsonIgnore]
    public bool IsEmpty => Name.Length == 0 && Value.Length == 0;
}

/// <summary>Headers, parameters or properties, in their order. Rows in which nothing stands are not sent.</summary>
public sealed class PairList
{
    public List<PairRow> Rows { get; set; } = [];

    [JsonIgnore]
    public int Count => Rows.Count(r => !r.IsEmpty);

    public static PairList Of(IEnumerable<(string Name, string Value)> fields) => new() { Rows = [.. fields.Select(f => new PairRow { Name = f.Name, Value = f.Value })] };

    public IEnumerable<(string Name, string Value)> ToFields() => Rows.Where(r => !r.IsEmpty).Select(r => (r.Name.Trim(), r.Value));

    /// <summary>How the API names the row in its errors: its place among those that are sent. Null for one that is not.</summary>
    public int? IndexOf(PairRow row) => row.IsEmpty ? null : Rows.TakeWhile(r => r != row).Count(r => !r.IsEmpty);

    /// <summary>A copy in which no header holds a credential that was typed into it.</summary>
    public PairList WithoutCredentials()
        => new() { Rows = [.. Rows.Select(r => new PairRow { Name = r.Name, Value = HoldsCredential(r) ? "" : r.Value })] };

    /// <summary>Whether a credential stands readable in this row.</summary>
    public static bool HoldsCredential(PairRow row)
        => row.Value.Length > 0 && HttpHeaderRules.IsCredential(row.Name.Trim()) && !row.Value.Contains("{secret:", StringComparison.Ordinal);
}
