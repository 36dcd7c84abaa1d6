using Microsoft.AspNetCore.Mvc;

namespace TriggerConsole.Api;

/// <summary>Page of a counted list, from the query.</summary>
internal readonly record struct Paging([FromQuery] int? Page, [FromQuery] int? PageSize)
{
    private const int MostItems = 200;
    private const int DefaultItems = 50;

    public int Number => Math.Clamp(Page ?? 1, 1, 1_000_000);

    public int Size => Math.Clamp(PageSize ?? DefaultItems, 1, MostItems);

    /// <summary>Items of a list that pages by cursor.</summary>
    public static int Limit(int? asked) => Math.Clamp(asked ?? DefaultItems, 1, MostItems);
}
