namespace TriggerConsole.Components.Controls;

/// <summary>
/// The rows of a live list that pages by cursor, newest first. Rows change where they stand; while the reader has scrolled or
/// holds something open, new ones wait until he asks for them.
/// </summary>
/// <param name="idOf">The id of a row; ids sort by time.</param>
internal class LiveList<T, TId>(Func<T, TId> idOf) where T : class where TId : struct, IComparable<TId>
{
    public List<T> Items { get; private set; } = [];

    /// <summary>Cursor of the next page; null at the end.</summary>
    public string? Next { get; private set; }

    /// <summary>New rows that wait at the top.</summary>
    public int New { get; private set; }

    /// <summary>The newest row before the last refresh: what came after it fades in. Null when the reader asked for the list.</summary>
    public TId? FreshAfter { get; private set; }

    /// <summary>How many rows to ask for: those that are shown, within bounds.</summary>
    public int Wanted(bool isRefresh, int pageSize, int most) => isRefresh ? Math.Clamp(Items.Count, pageSize, most) : pageSize;

    /// <summary>The first page was read again.</summary>
    /// <param name="page">Its rows.</param>
    /// <param name="next">Its cursor.</param>
    /// <param name="isRefresh">The engine asked for it, not the reader.</param>
    /// <param name="isReading">The list must not move.</param>
    public void Take(IReadOnlyList<T> page, string? next, bool isRefresh, bool isReading)
    {
        if (isRefresh && isReading && Items.Count > 0)
        {
            var byId = page.ToDictionary(idOf);
            Items = Items.ConvertAll(i => byId.GetValueOrDefault(idOf(i)) ?? i);
            var newest = idOf(Items[0]);
            New = page.TakeWhile(i => idOf(i).CompareTo(newest) != 0).Count();
            return;
        }
        FreshAfter = isRefresh && Items.Count > 0 ? idOf(Items[0]) : null;
        // Pages that the reader loaded stay below
        var older = isRefresh && Items.Count > page.Count && page.Count > 0 ? Items.Where(i => idOf(i).CompareTo(idOf(page[^1])) < 0).ToList() : [];
        Items = [.. page, .. older];
        if (older.Count == 0) Next = next;
        New = 0;
    }

    /// <summary>The next page was read.</summary>
    public void Add(IReadOnlyList<T> page, string? next)
    {
        Items.AddRange(page);
        Next = next;
    }

    public void Clear() => Items = [];
}

/// <inheritdoc/>
internal sealed class LiveList<T>(Func<T, Guid> idOf) : LiveList<T, Guid>(idOf) where T : class;
