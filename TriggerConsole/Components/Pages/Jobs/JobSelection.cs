namespace TriggerConsole.Components.Pages.Jobs;

/// <summary>Which rows of a list are meant: some by their ids, or all that match its filter.</summary>
internal sealed class JobSelection
{
    private readonly HashSet<Guid> _ids = [];

    /// <summary>All that match are meant, those on other pages too.</summary>
    public bool AllMatching { get; private set; }

    public IReadOnlyCollection<Guid> Ids => _ids;

    public bool Any => AllMatching || _ids.Count > 0;

    public bool Has(Guid id) => AllMatching || _ids.Contains(id);

    /// <summary>One row is clicked. After "all that match" only the rows of the page are left, without that one.</summary>
    /// <param name="page">Ids of the rows that are shown and can be selected.</param>
    public void Toggle(Guid id, IEnumerable<Guid> page)
    {
        if (AllMatching)
        {
            AllMatching = false;
            _ids.Clear();
            _ids.UnionWith(page);
        }
        if (!_ids.Remove(id)) _ids.Add(id);
    }

    /// <summary>The box in the head: all of the page, or none.</summary>
    public void TogglePage(IReadOnlyCollection<Guid> page)
    {
        var all = StateOf(page) == true;
        AllMatching = false;
        if (all) _ids.ExceptWith(page);
        else _ids.UnionWith(page);
    }

    public void SelectAllMatching() => AllMatching = true;

    public void Clear()
    {
        AllMatching = false;
        _ids.Clear();
    }

    /// <summary>Whether all of the page are selected; null for some.</summary>
    public bool? StateOf(IReadOnlyCollection<Guid> page)
    {
        var selected = page.Count(Has);
        return selected == 0 ? false : selected == page.Count ? true : null;
    }
}
